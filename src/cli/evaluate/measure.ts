import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import type { ImageSet } from '../../node/data/imageSet.ts';
import { pixelsAt } from '../../node/data/pixels.ts';
import { type EpsilonError, epsilonError } from '../../node/training/epsilonError.ts';
import { watchModel } from '../../node/tuning/watchModel.ts';
import { uniformStream } from '../../random.ts';
import { keepEncodings } from '../../returns/keptLatents.ts';
import { watch } from '../progress.ts';
import { type ReportedModel, reportedModel } from '../reportedModel.ts';
import type { Streams } from '../streams.ts';
import type { Judge } from './judge.ts';
import { type LabelWay, labelWays, ownLabels, toldOfImages } from './labels.ts';
import type { Asked } from './options.ts';
import { measureReturns, type ReturnFigures, type RoundTripFigures, roundTripOf } from './returns.ts';

/** What is known of a model, measured on images that it should not have seen. */
export type Evaluation = {
  readonly model: ReportedModel;
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
  /** What the autoencoder of a latent model alone does to the images, which nothing that returns escapes. */
  readonly roundTrip?: RoundTripFigures;
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
  const own = ownLabels(model, images, asked.way);
  const order = shuffled(images.count, asked.seed);
  let evaluations = 0;
  const onEvaluated = (count: number): void => {
    evaluations += count;
  };
  const counted = watchModel(model, { signal, onEvaluated });
  const seen = order.slice(0, asked.images);
  const quality = await watch(stderr, 'error', (onProgress) =>
    epsilonError(counted, images, { ...toldOfImages(model, images, asked), places: seen, onProgress }),
  );
  const isRight = judge ? new Set(judge.right) : undefined;
  const chosen = order.filter((place) => isRight?.has(place) ?? true).slice(0, asked.returns);
  if (chosen.length === 0) {
    throw new ArgumentError('too-few-images', 'the classifier gets no image right; name a better --classifier');
  }
  const found = await watch(stderr, 'returns', (onProgress) =>
    returnAll(counted, { images, judge, asked, chosen, own, signal, onProgress }),
  );
  return {
    model: reportedModel(places.place, model),
    data: { place: places.data, digest: images.digest, part: asked.part },
    labelGiven: own !== undefined,
    ...(signal.aborted ? { stopped: true } : {}),
    evaluations,
    quality,
    ...(judge ? { classifier: { place: judge.place, accuracy: judge.right.length / images.count } } : {}),
    returned: chosen.length,
    ...found,
  };
};

type Returning = Pick<Work, 'images' | 'judge' | 'asked' | 'signal'> & {
  readonly chosen: readonly number[];
  readonly own: readonly number[] | undefined;
  readonly onProgress: (share: number) => void;
};

/** The round trip alone, where there is one; and every strength, with the null label and, for a conditional model and images with labels, with the label given. */
const returnAll = async (
  model: Model,
  { images, judge, asked, chosen, own, signal, onProgress }: Returning,
): Promise<Pick<Evaluation, 'roundTrip' | 'returns'>> => {
  const pixels = tf.tensor4d(pixelsAt(images, chosen), [chosen.length, ...images.imageShape]);
  const labels = images.labels && chosen.map((place) => images.labels?.[place] as number);
  const retention = judge && labels ? { retention: { classify: judge.classify, labels } } : {};
  const ways = labelWays(model, chosen, { own, way: asked.way });
  const rounds = ways.length * asked.strengths.length + (model.isLatent ? 1 : 0);
  let done = 0;
  const onVariants = (count: number): void => {
    done += count;
    onProgress(done / (chosen.length * rounds));
  };
  const settings = { ...asked.way, seed: asked.seed, encodings: keepEncodings(), onVariants };
  const measureAt = (strength: number, way: LabelWay | undefined, roundTrip = false): Promise<ReturnFigures> =>
    measureReturns(model, { images: pixels, ...retention, ...way }, { ...settings, strength, roundTrip });
  const returns: ReturnFigures[] = [];
  let roundTrip: RoundTripFigures | undefined;
  try {
    if (model.isLatent) roundTrip = roundTripOf(await measureAt(0, ways.at(-1), true));
    for (const strength of asked.strengths) {
      for (const way of ways) returns.push(await measureAt(strength, way));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    pixels.dispose();
  }
  return { ...(roundTrip ? { roundTrip } : {}), returns };
};

const shuffled = (count: number, seed: string): number[] => {
  const next = uniformStream([seed, 'evaluated', count]);
  const draws = Array.from({ length: count }, (_, place) => ({ place, draw: next() }));
  return draws.sort((a, b) => a.draw - b.draw).map(({ place }) => place);
};
