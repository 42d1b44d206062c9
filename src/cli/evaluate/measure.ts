import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import type { Engine, Model } from '../../models/model.ts';
import { type ImageSet, pixelsAt } from '../../node/data/openImages.ts';
import { type EpsilonError, epsilonError } from '../../node/training/epsilonError.ts';
import { uniformStream } from '../../random.ts';
import { modelLabels } from '../heldOut.ts';
import { startProgress } from '../progress.ts';
import type { Streams } from '../streams.ts';
import type { Judge } from './judge.ts';
import type { Asked } from './options.ts';
import { measureReturns, type ReturnFigures } from './returns.ts';

/** What is known of a model, measured on images that it should not have seen. */
export type Evaluation = {
  readonly model: { readonly place: string; readonly digest: string; readonly engine: Engine };
  readonly data: { readonly place: string; readonly digest: string; readonly part: string };
  /** Whether the network was told the class of each image when asked for the noise. */
  readonly labelGiven: boolean;
  readonly quality: EpsilonError;
  /** Accuracy on the images of the part, before anything is done to them. */
  readonly classifier?: { readonly place: string; readonly accuracy: number };
  /** How many images the returns were measured on. */
  readonly returned: number;
  readonly returns: readonly ReturnFigures[];
};

/** Of the model and of the data, as the user calls them. */
export type Places = { readonly place: string; readonly data: string };

type Work = {
  readonly places: Places;
  readonly images: ImageSet;
  readonly judge: Judge | undefined;
  readonly asked: Asked;
  readonly stderr: Streams['stderr'];
};

/** @throws ArgumentError `bad-label`, `too-few-images`, and those of `boomerang`. */
export const measure = async (model: Model, { places, images, judge, asked, stderr }: Work): Promise<Evaluation> => {
  const own = model.labels && images.labels ? ownLabels(model, images) : undefined;
  const order = shuffled(images.count, asked.seed);
  const watch = <T>(what: string, work: (onProgress: (share: number) => void) => Promise<T>): Promise<T> => {
    const progress = startProgress(stderr, what);
    return work(progress.update).finally(progress.stop);
  };
  const seen = order.slice(0, asked.images);
  const quality = await watch('error ', (onProgress) =>
    epsilonError(model, images, { seed: asked.seed, places: seen, labels: own, onProgress }),
  );
  const isRight = judge ? new Set(judge.right) : undefined;
  const chosen = order.filter((place) => isRight?.has(place) ?? true).slice(0, asked.returns);
  if (chosen.length === 0) {
    throw new ArgumentError('too-few-images', 'the classifier gets no image right; name a better --classifier');
  }
  const returns = await watch('returns ', (onProgress) =>
    returnAll(model, { images, judge, asked, chosen, own, onProgress }),
  );
  return {
    model: { place: places.place, digest: model.digest, engine: model.engine },
    data: { place: places.data, digest: images.digest, part: asked.part },
    labelGiven: own !== undefined,
    quality,
    ...(judge ? { classifier: { place: judge.place, accuracy: judge.right.length / images.count } } : {}),
    returned: chosen.length,
    returns,
  };
};

type Returning = Pick<Work, 'images' | 'judge' | 'asked'> & {
  readonly chosen: readonly number[];
  readonly own: readonly number[] | undefined;
  readonly onProgress: (share: number) => void;
};

/** Every strength, with the null label and, for a conditional model and images with labels, with the label given. */
const returnAll = async (
  model: Model,
  { images, judge, asked, chosen, own, onProgress }: Returning,
): Promise<ReturnFigures[]> => {
  const pixels = tf.tensor4d(pixelsAt(images, chosen), [chosen.length, ...images.imageShape]);
  const labels = images.labels && chosen.map((place) => images.labels?.[place] as number);
  const retention = judge && labels ? { retention: { classify: judge.classify, labels } } : {};
  const hasNull = !model.labels || model.labels.nullLabel !== undefined;
  const ways = [...(hasNull ? [{}] : []), ...(own ? [{ returnTo: chosen.map((place) => own[place] as number) }] : [])];
  let done = 0;
  const onVariants = (count: number): void => {
    done += count;
    onProgress(done / (chosen.length * ways.length * asked.strengths.length));
  };
  const figures: ReturnFigures[] = [];
  try {
    for (const strength of asked.strengths) {
      for (const way of ways) {
        const settings = { ...asked.way, strength, seed: asked.seed, onVariants };
        figures.push(await measureReturns(model, { images: pixels, ...retention, ...way }, settings));
      }
    }
  } finally {
    pixels.dispose();
  }
  return figures;
};

const ownLabels = (model: Model, { labels = [], classes = [] }: ImageSet): readonly number[] => {
  const byClass = modelLabels({ classes }, model);
  return labels.map((label) => byClass[label] as number);
};

const shuffled = (count: number, seed: string): number[] => {
  const next = uniformStream([seed, 'evaluated', count]);
  const draws = Array.from({ length: count }, (_, place) => ({ place, draw: next() }));
  return draws.sort((a, b) => a.draw - b.draw).map(({ place }) => place);
};
