import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, pick } from '../errors.ts';
import { type Classifier, classify } from '../models/classifier.ts';
import { BOUNDS, type ImageRange } from '../tensors/range.ts';
import { type Interval, normalInterval, wilsonInterval } from './intervals.ts';
import { cosineSimilarities, keptClasses, rmsDistances, structuralSimilarities } from './measures.ts';

/** What a strength is measured by, and how much of it is to be left or allowed. */
export type CalibrationGoal =
  | {
      /**
       * Label retention: of the images that this classifier gets right, the share whose variants keep the class is to
       * be at least `target`. Needs `labels`.
       */
      readonly classifier: Classifier;
      readonly target: number;
      readonly embed?: undefined;
      readonly distance?: undefined;
    }
  | {
      /**
       * Identity: the mean cosine between the embeddings, `[N, D]`, of images and of variants is to be at least `target`.
       */
      readonly embed: (images: tf.Tensor4D) => tf.Tensor;
      readonly target: number;
      readonly classifier?: undefined;
      readonly distance?: undefined;
    }
  | {
      /**
       * `rms`: the mean root mean square distance, in [0, 1] units, is to be at most `target`; `ssim`: the mean
       * structural similarity is to be at least `target`.
       */
      readonly distance: 'rms' | 'ssim';
      readonly target: number;
      readonly classifier?: undefined;
      readonly embed?: undefined;
    };

/** A goal, ready to be measured. */
export type Measure = {
  /** One number for each image, `[N]`, owned by the caller. */
  score(images: tf.Tensor4D, variants: tf.Tensor4D, labels: readonly number[]): tf.Tensor1D;
  /** How far a mean score is on the right side of the target; at least 0 where it meets it. */
  margin(mean: number): number;
  interval(scores: ArrayLike<number>): Interval;
};

type Bounds = { readonly what: string; readonly least: number; readonly most: number };

/** @throws ArgumentError `bad-target`, `bad-goal`, `unknown-distance` */
export const measureOf = (goal: CalibrationGoal, range: ImageRange): Measure => {
  const { classifier, embed, distance, target } = goal;
  const given = [classifier, embed, distance].filter((one) => one !== undefined).length;
  if (given !== 1) {
    throw new ArgumentError(
      'bad-goal',
      `calibration needs one of classifier, embed and distance to measure by, got ${given} of them`,
    );
  }
  const atLeast = (mean: number): number => mean - target;
  if (classifier !== undefined) {
    checkTarget(target, { what: 'retention', least: 0, most: 1 });
    const score: Measure['score'] = (_, variants, labels) => scoreClasses(classifier, variants, labels);
    return { score, margin: atLeast, interval: wilsonInterval };
  }
  if (embed !== undefined) {
    checkTarget(target, { what: 'similarity', least: -1, most: 1 });
    return {
      score: (a, b) => tf.tidy(() => cosineSimilarities(embed(a), embed(b))),
      margin: atLeast,
      interval: normalInterval,
    };
  }
  const { measure, sign, ...bounds } = pick(DISTANCES, distance as string, 'distance');
  checkTarget(target, bounds);
  return {
    score: (a, b) => tf.tidy(() => measure(toUnit(a, range), toUnit(b, range))),
    margin: (mean) => sign * (mean - target),
    interval: normalInterval,
  };
};

type Distance = Bounds & { readonly measure: typeof rmsDistances; readonly sign: number };

const DISTANCES: Readonly<Record<string, Distance>> = {
  rms: { measure: rmsDistances, sign: -1, what: 'RMS distance', least: 0, most: 1 },
  ssim: { measure: structuralSimilarities, sign: 1, what: 'structural similarity', least: -1, most: 1 },
};

const checkTarget = (target: number, { what, least, most }: Bounds): void => {
  if (target >= least && target <= most) return;
  throw new ArgumentError('bad-target', `the target of ${what} must be between ${least} and ${most}, got ${target}`);
};

const scoreClasses = (classifier: Classifier, images: tf.Tensor4D, labels: readonly number[]): tf.Tensor1D =>
  tf.tidy(() => {
    const probabilities = classify(classifier, images);
    const [count, classes = 0] = probabilities.shape;
    const highest = Math.max(...labels);
    if (count === labels.length && highest < classes) return keptClasses(probabilities, labels);
    const rule = `the classifier must give [${labels.length}, classes], with a column for class ${highest}`;
    throw new ArgumentError('bad-classifier', `${rule}; it gave [${probabilities.shape}]`);
  });

/** Images in any range as float32 in [0, 1]. */
const toUnit = (images: tf.Tensor4D, range: ImageRange): tf.Tensor4D => {
  const [black, white] = BOUNDS[range];
  return tf.div(tf.sub(tf.cast(images, 'float32'), black), white - black);
};
