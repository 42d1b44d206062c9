import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import { checkModel } from '../../models/checkModel.ts';
import type { Model } from '../../models/model.ts';
import { aimOf, checkAim } from '../../returns/aim.ts';
import { readImages } from '../../returns/images.ts';
import { planReturn } from '../../returns/plan.ts';
import { BOUNDS, fromModelRange, type ImageRange, imageRange, toModelRange } from '../../tensors/range.ts';
import { warn } from '../../warn.ts';
import { errorsOf } from './consistent.ts';
import { onCanvas } from './degrade/canvas.ts';
import type { Degradation } from './degrade/degradation.ts';
import { cascadeOf, checkEnhancing, degradeOf, type EnhanceOptions } from './options.ts';
import { resultsOf, type Task } from './results.ts';
import { deviationOf, meanOf } from './spread.ts';
import type { Cascade } from './throwAgain.ts';
import { roomFor, tiledModel } from './tiles.ts';

/** Images as they may have been, and what is to be known of them. */
export type Enhanced = {
  /** `[N, H, W, C]`, in the dtype and range of what was seen; owned by the caller. */
  readonly images: tf.Tensor4D;
  /**
   * Of more than one sample: their standard deviation in each pixel, float32 in the images' own unit, owned by the caller.
   * Where it is high, the model invents.
   */
  readonly uncertainty?: tf.Tensor4D;
  /** How far each image, made poorer again, is from what was seen: root mean square, in steps of 1 of 255. */
  readonly errors: readonly number[];
  /** Network calls for each image. */
  readonly evaluations: number;
};

/**
 * Gives images back what they lost when they were made smaller, or blurred, or cut: a cascade of small throws, in which
 * every clean estimate of the model is held to what was seen. So they look as the model's images do, and made poorer again
 * they are what was given, within 1 of 255; what lies between is invented.
 *
 * Images that become larger than those of the model are made of tiles, and smaller ones are cut out of its own.
 *
 * @param images float32 or int32 `[N, h, w, C]`, of any size; left alone.
 * @throws ArgumentError `bad-model`, `unknown-option`, `bad-factor`, `unknown-degrade`, `bad-kernel`, `bad-mask`,
 *   `wrong-mask-size`, `bad-image-shape`, `out-of-range`, `bad-noise`, `bad-cascade`, `bad-strength`, `bad-steps`,
 *   `bad-samples`, `bad-overlap`, `bad-degrade`, `too-large`, `bad-keys`, `bad-label`, and what else `boomerang` throws;
 *   whatever `signal` was aborted with.
 * @see Luzi et al. 2022, arXiv:2210.12100, section 4.3; Wang et al. 2022, arXiv:2212.00490, for the projection.
 */
export const enhance = async (model: Model, images: tf.Tensor4D, options: EnhanceOptions): Promise<Enhanced> => {
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
    return { ...(await handedOn(task, results, { range, dtype: images.dtype })), evaluations };
  } finally {
    seen.dispose();
  }
};

/** What a step of 1 in a range is in [-1, 1]. */
const unitOf = (range: ImageRange): number => 2 / (BOUNDS[range][1] - BOUNDS[range][0]);

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

type Kind = { readonly range: ImageRange; readonly dtype: tf.DataType };

const handedOn = async (
  { degradation, seen, noise }: Task,
  results: readonly Float32Array[],
  { range, dtype }: Kind,
): Promise<Omit<Enhanced, 'evaluations'>> => {
  const shape = [seen.shape[0], ...degradation.imageShape] as [number, number, number, number];
  const mean = meanOf(results);
  const pixels = fromModelRange(mean, range, dtype);
  const images = tf.tensor4d(pixels, shape, dtype as 'float32' | 'int32');
  const rounded = tf.tensor4d(toModelRange(pixels, range), shape);
  const errors = (await errorsOf(degradation, rounded, seen).finally(() => rounded.dispose())).map(
    (one) => one * 127.5,
  );
  if (noise === 0) sayIfFar(errors);
  if (results.length === 1) return { images, errors: [...errors] };
  const deviation = deviationOf(results, mean).map((one) => one / unitOf(range));
  return { images, uncertainty: tf.tensor4d(deviation, shape), errors: [...errors] };
};

const sayIfFar = (errors: Float32Array): void => {
  const far = errors.filter((error) => error > 1).length;
  if (far === 0) return;
  const most = Math.max(...errors).toFixed(1);
  const remedy = 'were they made small in another way? say which with degrade, or say how much noise is in them';
  warn(`${far} of ${errors.length} images, made small again, are up to ${most} of 255 from what was seen; ${remedy}`);
};
