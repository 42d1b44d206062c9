import type * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { ArgumentError } from '../../errors.ts';
import { checkModel } from '../../models/checkModel.ts';
import type { Model } from '../../models/model.ts';
import { chooseAndCopy } from './chooseAndCopy.ts';
import { isWritten } from './fates.ts';
import { readImagesIn } from './imagesIn.ts';
import { measureRun } from './measureRun.ts';
import { type AnonymiseOptions, checkAnonymising } from './options.ts';
import type { Picture } from './regions/regions.ts';
import type { AnonymityReport } from './report.ts';
import { runOf } from './runOf.ts';

/** Copies that may be handed on, and what was measured of them. */
export type Anonymised = {
  /** `[M, H, W, C]`, owned by the caller, in the dtype and range of the images; of a data set float32 in [0, 1]. */
  readonly copies: tf.Tensor4D;
  /** Of each copy the place of its original; not every original has one. */
  readonly places: readonly number[];
  readonly report: AnonymityReport;
};

/**
 * Makes copies of images in which people are not to be recognised, as little changed as that allows. One embedder finds
 * how far images must be thrown; another one measures, on other people, who is recognised all the same, also by those who
 * know how the copies were made, and what the copies are still good for.
 *
 * Images that could not be judged have no copy. It measures these judges and these attacks, and nothing else: it is no
 * guarantee, and no protection against whoever has originals.
 *
 * @param images float32 or int32 `[N, H, W, C]`, left alone; or a data set of images of one size, read into memory.
 * @throws ArgumentError `bad-model`, `bad-embed`, `bad-judge`, `bad-embedding`, `same-judge`, `bad-target`, `bad-people`, `bad-labels`,
 *   `too-few-people`, `target-not-met`, `nothing-judged`, `no-detector`, `bad-region`, `unknown-option`, and what
 *   `boomerang` throws; whatever `signal` was aborted with.
 * @see Luzi et al. 2022, arXiv:2210.12100, section 4.1.
 */
export const anonymise = async (
  model: Model,
  images: tf.Tensor4D | Dataset<tf.TensorContainer>,
  options: AnonymiseOptions,
): Promise<Anonymised> => {
  checkModel(model);
  checkAnonymising(options);
  const { pictures, tensorOf, ...own } = await readImagesIn(images, options.range);
  const { people, labels = own.labels, conditional = false } = options;
  checkLabels(model, labels, { count: pictures.length, conditional });
  const made = new Map<number, Picture>();
  const picturesAt = async function* (places: readonly number[]) {
    for (const place of places) {
      yield { place, picture: pictures[place] as Picture, label: conditional ? labels?.[place] : undefined };
    }
  };
  const run = runOf(
    {
      model,
      originals: { count: pictures.length, read: picturesAt, people, labels },
      copies: {
        write: async (place, picture) => void made.set(place, picture),
        read: async (place) => made.get(place) as Picture,
      },
    },
    options,
  );
  const ran = await chooseAndCopy(run);
  const report = await measureRun(run, ran, { model: model.digest, versions: {} });
  const places = ran.copied.outcomes.filter(isWritten).map(({ place }) => place);
  return { copies: tensorOf(places.map((place) => made.get(place) as Picture)), places, report };
};

type Wanted = { readonly count: number; readonly conditional: boolean };

const checkLabels = (model: Model, labels: readonly number[] | undefined, { count, conditional }: Wanted): void => {
  if (conditional && model.labels === undefined) {
    throw new ArgumentError('bad-label', 'conditional needs a model with classes, and this one has none; leave it out');
  }
  if (conditional && labels === undefined) {
    throw new ArgumentError('no-labels', 'conditional needs { labels }, the class of each image');
  }
  if (labels === undefined || labels.length === count) return;
  throw new ArgumentError('bad-labels', `need the class of each of ${count} images, got ${labels.length}`);
};
