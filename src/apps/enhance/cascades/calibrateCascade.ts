import * as tf from '@tensorflow/tfjs-core';
import { meanOf } from '../../../calibrate/intervals.ts';
import type { Model } from '../../../models/model.ts';
import { BOUNDS, imageRange, toModelRange } from '../../../tensors/range.ts';
import type { PlainThrow } from '../cascade.ts';
import { degradeOf } from '../options.ts';
import { type CascadeChoice, chooseCascade, worthOf } from './chooseCascade.ts';
import { type CascadeWork, measureCascade } from './measureCascade.ts';
import type { MeasuredCascade } from './measured.ts';
import { type CascadeOptions, type CascadeSearch, cascadeSearch, checkOriginals } from './options.ts';
import { poorer } from './poorer.ts';
import { mostSteps, searchCascades } from './search.ts';

export type CascadeCalibration = CascadeChoice & {
  /** What `enhance` takes. */
  readonly cascade: readonly PlainThrow[];
  /** Of how many results the mean was taken. */
  readonly samples: number;
  readonly images: number;
  /** Network calls, image by image, of all that was measured; what was known counts. */
  readonly evaluations: number;
};

/**
 * Chooses the cascade by which `enhance` enlarges images of some kind: true ones are made poorer, enhanced by one cascade
 * after another, and compared with what they were. Of those that may be as good as the best, since the 95 % interval of
 * their difference image by image includes 0, the cheapest is taken.
 *
 * @param images float32 or int32 `[N, H, W, C]` of the model's size, at least 10, which the model has not seen; left alone.
 * @throws ArgumentError `bad-goal`, `bad-samples`, `bad-evaluations`, `bad-known`, `too-few-images`, `bad-image-shape`, and
 *   those of `enhance`; whatever `signal` was aborted with.
 */
export const calibrateCascade = async (
  model: Model,
  images: tf.Tensor4D,
  options: CascadeOptions,
): Promise<CascadeCalibration> => {
  const search = cascadeSearch(model, options);
  const degradation = degradeOf(options).of(model.imageShape);
  checkOriginals(model, images, options);
  const range = imageRange(images.dtype, options.range);
  const noise = (options.noise ?? 0) / (BOUNDS[range][1] - BOUNDS[range][0]);
  const unit = toModelRange(await images.data<'float32' | 'int32'>(), range).map((pixel) => (pixel + 1) / 2);
  const originals = tf.tensor4d(unit, images.shape);
  const seen = poorer(originals, { degradation, noise, seed: options.seed });
  try {
    const { goal: _g, evaluations: _e, known: _k, onMeasured: _m, onProgress: _p, ...enhancing } = options;
    const work = { pairs: { originals, seen }, enhancing: { ...enhancing, noise, samples: search.samples } };
    const { cascades, baseline } = await measureAll(model, work, { search, options });
    const { samples } = search;
    const total = cascades.reduce((sum, { evaluations }) => sum + evaluations * samples, 0) * images.shape[0];
    const choice = chooseCascade(cascades, baseline, search.goal);
    return { ...choice, cascade: choice.chosen.cascade, samples, images: images.shape[0], evaluations: total };
  } finally {
    tf.dispose([originals, seen]);
  }
};

/**
 * Network calls, image by image, that a calibration takes at most.
 *
 * @throws ArgumentError those of `calibrateCascade` that options alone give
 */
export const mostCascadeEvaluations = (model: Model, images: number, options: CascadeOptions): number => {
  const { steps, callsPerStep, samples } = cascadeSearch(model, options);
  return mostSteps(steps) * callsPerStep * samples * images;
};

type Measuring = { readonly search: CascadeSearch; readonly options: CascadeOptions };

const measureAll = async (model: Model, work: CascadeWork, { search, options }: Measuring) => {
  const count = work.pairs.originals.shape[0];
  const total = mostCascadeEvaluations(model, count, options);
  const known = new Map((options.known ?? []).map((one) => [JSON.stringify(one.cascade), one]));
  const cascades = new Map<string, MeasuredCascade>();
  let done = 0;
  const measure = async (cascade: readonly PlainThrow[]): Promise<MeasuredCascade> => {
    const name = JSON.stringify(cascade);
    const before = cascades.get(name) ?? known.get(name);
    const steps = cascade.reduce((sum, one) => sum + one.steps, 0);
    const cost = steps * search.callsPerStep * search.samples * count;
    const onShare = (share: number): void => options.onProgress?.(Math.min(total, done + share * cost), total);
    const measured = before ?? (await measureCascade(model, cascade, { ...work, onShare }));
    if (!before) await options.onMeasured?.(measured);
    if (!cascades.has(name)) done += cost;
    cascades.set(name, measured);
    return measured;
  };
  const baseline = await measure([]);
  await searchCascades(search.steps, async (cascade) => meanOf(worthOf(await measure(cascade), search.goal)));
  options.onProgress?.(total, total);
  cascades.delete('[]');
  return { cascades: [...cascades.values()], baseline };
};
