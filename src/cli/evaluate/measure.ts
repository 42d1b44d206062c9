import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import type { Engine, Model } from '../../models/model.ts';
import type { ImageSet } from '../../node/data/imageSet.ts';
import { pixelsAt } from '../../node/data/pixels.ts';
import { type EpsilonError, epsilonError } from '../../node/training/epsilonError.ts';
import { uniformStream } from '../../random.ts';
import { modelLabels } from '../heldOut.ts';
import { watch } from '../progress.ts';
import type { Streams } from '../streams.ts';
import { watchModel } from '../watchModel.ts';
import type { Judge } from './judge.ts';
import type { Asked } from './options.ts';
import { measureReturns, type ReturnFigures } from './returns.ts';

/** What is known of a model, measured on images that it should not have seen. */
export type Evaluation = {
  readonly model: { readonly place: string; readonly digest: string; readonly engine: Engine };
  readonly data: { readonly place: string; readonly digest: string; readonly part: string };
  /** Whether the network was told the class of each image when asked for the noise. */
  readonly labelGiven: boolean;
  /** Whether it was told to end before all returns were measured. */
  readonly stopped?: boolean;
  /** Network calls that were made, image by image. */
  readonly evaluations: number;
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
  readonly signal: AbortSignal;
  readonly stderr: Streams['stderr'];
};

/**
 * Measures the error of the network, and then what returns do. When the signal is aborted after that, the returns that
 * were measured until then are the result.
 *
 * @throws ArgumentError `bad-label`, `too-few-images`, and those of `boomerang`.
 */
export const measure = async (
  model: Model,
  { places, images, judge, asked, signal, stderr }: Work,
): Promise<Evaluation> => {
  const own = ownLabels(model, images);
  const order = shuffled(images.count, asked.seed);
  let evaluations = 0;
  const onEvaluated = (count: number): void => {
    evaluations += count;
  };
  const counted = watchModel(model, { signal, onEvaluated });
  const seen = order.slice(0, asked.images);
  const quality = await watch(stderr, 'error', (onProgress) =>
    epsilonError(counted, images, { seed: asked.seed, places: seen, labels: own, onProgress }),
  );
  const isRight = judge ? new Set(judge.right) : undefined;
  const chosen = order.filter((place) => isRight?.has(place) ?? true).slice(0, asked.returns);
  if (chosen.length === 0) {
    throw new ArgumentError('too-few-images', 'the classifier gets no image right; name a better --classifier');
  }
  const returns = await watch(stderr, 'returns', (onProgress) =>
    returnAll(counted, { images, judge, asked, chosen, own, signal, onProgress }),
  );
  return {
    model: { place: places.place, digest: model.digest, engine: model.engine },
    data: { place: places.data, digest: images.digest, part: asked.part },
    labelGiven: own !== undefined,
    ...(signal.aborted ? { stopped: true } : {}),
    evaluations,
    quality,
    ...(judge ? { classifier: { place: judge.place, accuracy: judge.right.length / images.count } } : {}),
    returned: chosen.length,
    returns,
  };
};

type Returning = Pick<Work, 'images' | 'judge' | 'asked' | 'signal'> & {
  readonly chosen: readonly number[];
  readonly own: readonly number[] | undefined;
  readonly onProgress: (share: number) => void;
};

/** Every strength, with the null label and, for a conditional model and images with labels, with the label given. */
const returnAll = async (
  model: Model,
  { images, judge, asked, chosen, own, signal, onProgress }: Returning,
): Promise<ReturnFigures[]> => {
  const pixels = tf.tensor4d(pixelsAt(images, chosen), [chosen.length, ...images.imageShape]);
  const labels = images.labels && chosen.map((place) => images.labels?.[place] as number);
  const retention = judge && labels ? { retention: { classify: judge.classify, labels } } : {};
  const ways = labelWays(model, chosen, own);
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
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    pixels.dispose();
  }
  return figures;
};

type LabelWay = { readonly returnTo?: readonly number[] };

/** The labels that images at some places return to: the null label if there is one, and their own if there are any. */
export const labelWays = (
  model: Model,
  places: readonly number[],
  own: readonly number[] | undefined,
): readonly LabelWay[] => {
  const hasNull = !model.labels || model.labels.nullLabel !== undefined;
  return [...(hasNull ? [{}] : []), ...(own ? [{ returnTo: places.map((place) => own[place] as number) }] : [])];
};

/** The model's label for each image, where both have classes. @throws ArgumentError `bad-label` */
export const ownLabels = (model: Model, { labels, classes = [] }: ImageSet): readonly number[] | undefined => {
  if (!model.labels || !labels) return undefined;
  const byClass = modelLabels({ classes }, model);
  return labels.map((label) => byClass[label] as number);
};

const shuffled = (count: number, seed: string): number[] => {
  const next = uniformStream([seed, 'evaluated', count]);
  const draws = Array.from({ length: count }, (_, place) => ({ place, draw: next() }));
  return draws.sort((a, b) => a.draw - b.draw).map(({ place }) => place);
};
