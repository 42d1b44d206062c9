import { checkOptions } from '../../checks.ts';
import { badState, makeTransform } from '../makeTransform.ts';
import { namesOf } from '../naming.ts';
import type { Transform } from '../transform.ts';
import { changeElement } from './changeElement.ts';
import { type ClassicalOptions, classicalSchema } from './operations.ts';

export type ClassicalStats = {
  /** Images that came. */
  readonly images: number;
};

/**
 * Makes a transform of the usual augmentations, as a baseline or beside `boomerangAugment` in `compose`:
 * `dataset.map(classical({ seed: 'run-7', flip: true, crop: 2, cutout: 8 }))`.
 *
 * Elements are those of `boomerangAugment`, and come out with the same rank, dtype and range; labels and everything
 * else are the same objects as before. What becomes of an image depends on the seed, the image and the epoch; not on
 * order, batch size or prefetching. Two of these one after the other need different seeds, or they draw the same.
 *
 * `mixup` and `cutmix` are the exception, by their nature: they take batches, whose labels they replace by mixed ones
 * in float32, and what becomes of an image depends on which others are in its batch, though not on their order.
 *
 * @throws ArgumentError `unknown-option`, `bad-seed` and those of `Operations` at once: `bad-flip`, `bad-crop`,
 * `bad-shift`, `bad-rotate`, `bad-brightness`, `bad-contrast`, `bad-rand-augment`, `bad-cutout`, `bad-mixup`,
 * `bad-cutmix`, `unknown-fill`; `no-images`, `bad-image-shape`, `bad-dtype`, `bad-range`, `out-of-range`, `bad-keys`,
 * `bad-labels`, `needs-batch`, `needs-async` when an element comes.
 */
export const classical = (options: ClassicalOptions): Transform<ClassicalStats> => {
  checkOptions('classical', classicalSchema, options);
  const { image, keys, range, keys: _, ...written } = options;
  const naming = { image, keys, range };
  const config = JSON.stringify({ ...written, image, range });
  let images = 0;
  return makeTransform<ClassicalStats>({
    kind: 'classical',
    naming,
    keepsImages: false,
    *change(element, { epoch, names: given }) {
      const names = given ?? (yield* namesOf(naming, element));
      const changed = changeElement(options, element, { epoch, names });
      images += names.length;
      return { element: changed, names };
    },
    stats: () => ({ images }),
    state: () => ({ config }),
    restore(state) {
      if (state['config'] !== config)
        throw badState(`was made with other options: ${state['config']}, not ${config}; make the transform with those`);
    },
  });
};
