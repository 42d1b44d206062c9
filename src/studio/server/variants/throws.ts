import { LRUCache } from 'lru-cache';
import type { LatentCache } from '../../../caches/cache.ts';
import { memoryCache } from '../../../caches/cache.ts';
import { pixelsAt } from '../../../node/data/pixels.ts';
import { aimOf, classesOf } from '../../../returns/aim.ts';
import { type NamedImage, readImages } from '../../../returns/images.ts';
import { planAmong } from '../../../returns/plan.ts';
import type { Throw } from '../../../returns/throw.ts';
import { promptFor } from '../../../text/prompt.ts';
import type { Choice } from '../../choice.ts';
import type { Asked } from '../asked.ts';
import type { StudioSetting } from '../context.ts';

/** Images under their names, and as a latent model encodes them: for all that is made of them. */
export type NamedImages = {
  readonly named: (image: number) => NamedImage;
  readonly encodings: LatentCache;
};

/** More than can be picked. */
const MOST_NAMED = 64;

export const nameImages = ({ data }: Pick<StudioSetting, 'data'>): NamedImages => {
  const images = new LRUCache<number, NamedImage>({ max: MOST_NAMED });
  const named = (image: number): NamedImage => {
    const known = images.get(image);
    if (known) return known;
    const [fresh] = readImages(pixelsAt(data, [image]), { count: 1, range: '0..1' }) as [NamedImage];
    images.set(image, fresh);
    return fresh;
  };
  return { named, encodings: memoryCache() };
};

/** A variant of an image, by its place in the data set. */
export type Wanted = { readonly image: number; readonly variant: number };

/**
 * How `boomerangAugment` throws the same images in its first epoch, by the same addresses: `variant` is that of the copy.
 *
 * @returns a throw for each variant that is wanted.
 */
export const throwsOf = (
  { model, data }: Pick<StudioSetting, 'model' | 'data'>,
  { named }: NamedImages,
  { choice, asked }: { readonly choice: Choice; readonly asked: Asked },
): ((wanted: Wanted) => Throw) => {
  const { way, isConditional, told } = asked;
  const { seed, strength } = choice;
  const { prompt, negativePrompt, classes = classesOf(model) } = way;
  const plan = planAmong(model, { ...way, strength });
  return ({ image, variant }) => {
    const own = named(image);
    const label = told?.[data.labels[image] as number];
    const aim = aimOf(model, plan, {
      label: isConditional ? label : undefined,
      prompt: prompt === undefined ? undefined : promptFor(prompt, { element: undefined, label, classes }),
      negativePrompt,
    });
    return { image: own, address: { seed, key: own.key, variant, epoch: 0, throwEpoch: 0 }, plan, aim };
  };
};
