import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import { checkModel } from '../../models/checkModel.ts';
import type { Model } from '../../models/model.ts';
import { aimOf, checkAim } from '../../returns/aim.ts';
import { readImages } from '../../returns/images.ts';
import { planReturn } from '../../returns/plan.ts';
import { BOUNDS, type ImageRange, imageRange, toModelRange } from '../../tensors/range.ts';
import { onCanvas } from './degrade/canvas.ts';
import type { Degradation } from './degrade/degradation.ts';
import { cascadeOf, checkEnhancing, degradeOf, type EnhanceOptions } from './options.ts';
import { resultsOf, type Task } from './results.ts';
import type { Cascade } from './throwAgain.ts';
import { roomFor, tiledModel } from './tiles.ts';

/** What images may have been, several times over. */
export type MadeResults = {
  /** Its tensors live as long as whoever uses the results. */
  readonly task: Task;
  /** Of each sample the pixels of all images, in [-1, 1]. */
  readonly results: readonly Float32Array[];
  /** That of the images which were given. */
  readonly range: ImageRange;
  /** Network calls for each image, over all samples. */
  readonly evaluations: number;
};

/**
 * Makes the results of which `enhance` takes the mean.
 *
 * @throws ArgumentError those of `enhance`.
 */
export const withResults = async <T>(
  model: Model,
  images: tf.Tensor4D,
  options: EnhanceOptions,
  use: (made: MadeResults) => Promise<T>,
): Promise<T> => {
  checkModel(model);
  checkEnhancing(options);
  const { factor, of } = degradeOf(options);
  checkSeen(images, model);
  const range = imageRange(images.dtype, options.range);
  const [count, height, width, channels] = images.shape;
  const size = [height * factor, width * factor] as const;
  const room = roomFor(model, size);
  const { model: walker, tiles } = tiledModel(model, room, options.overlap);
  const cascade = cascadeFor(walker, count, options);
  const degradation = of([...size, channels]);
  checkDegradation(degradation, images);
  const values = await images.data<'float32' | 'int32'>();
  const keys = readImages(values, { count, range, keys: options.keys }).map(({ key }) => key);
  const seen = tf.tidy(() => {
    const given = tf.tensor4d(toModelRange(values, range), images.shape);
    return degradation.visible?.(given) ?? given;
  });
  try {
    const noise = (options.noise ?? 0) * unitOf(range);
    if (noise > 0) degradation.restore(seen, () => 0).dispose(); // what cannot be trusted by halves is said now
    const task: Task = { canvas: onCanvas(degradation, room), degradation, seen, noise, every: options.every };
    const results = await resultsOf(task, { ...cascade, keys }, options.samples ?? 1);
    const evaluations = cascade.plans.reduce((sum, plan) => sum + plan.evaluations, 0) * results.length * tiles;
    return await use({ task, results, range, evaluations });
  } finally {
    seen.dispose();
  }
};

/** What a step of 1 in a range is in [-1, 1]. */
export const unitOf = (range: ImageRange): number => 2 / (BOUNDS[range][1] - BOUNDS[range][0]);

/** @throws ArgumentError `bad-image-shape` */
const checkSeen = (images: tf.Tensor4D, { imageShape: [, , channels] }: Model): void => {
  if (images.rank === 4 && !images.shape.includes(0) && images.shape[3] === channels) return;
  const rule = `images must be [N, height, width, ${channels}], at least one, with as many channels as the model knows`;
  throw new ArgumentError('bad-image-shape', `${rule}; got [${images.shape}]; convert them first`);
};

/** One of the caller's own may be anything. @throws ArgumentError `bad-degrade` */
const checkDegradation = ({ seenShape, imageShape }: Degradation, { shape: [, ...shape] }: tf.Tensor4D): void => {
  if (`${seenShape}` === `${shape}`) return;
  const rule = `degrade must make images of ${shape.join(' x ')} of those of ${imageShape.join(' x ')}`;
  throw new ArgumentError('bad-degrade', `${rule}, got ${seenShape.join(' x ')}; look at its factor`);
};

const cascadeFor = (
  model: Model,
  count: number,
  options: EnhanceOptions,
): Omit<Cascade, 'change' | 'every' | 'low' | 'keys'> => {
  const { seed, solver, eta, spacing, guidance, labels, prompt, negativePrompt, signal, onProgress } = options;
  const manner = { solver, eta, spacing, guidance };
  const plans = cascadeOf(options).map(({ strength, steps }) => planReturn(model, { ...manner, strength, steps }));
  checkAim(model, { prompt, negativePrompt, guidance, toClasses: labels !== undefined });
  if (labels && labels.length !== count) {
    throw new ArgumentError('bad-label', `need one label for each of ${count} images, got ${labels.length}`);
  }
  const total = plans.reduce((sum, { legs }) => sum + legs.length, 0) * (options.samples ?? 1);
  let done = 0;
  return {
    model,
    plans,
    aimOf: (plan, n) => aimOf(model, plan, { label: labels?.[n], prompt, negativePrompt }),
    seed,
    signal,
    onStep: () => {
      done += 1;
      onProgress?.(done, total);
    },
  };
};
