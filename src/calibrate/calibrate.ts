import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { imageRange } from '../tensors/range.ts';
import { type Measure, measureOf } from './goal.ts';
import { crossingInterval, type Interval, meanOf } from './intervals.ts';
import { type CalibrateOptions, checkCalibration } from './options.ts';
import { makeScores, measurable, type Scores } from './scores.ts';
import { type Found, largestMeeting, mostTries, type SearchRange } from './search.ts';

/** The largest strength that meets a target. */
export type CalibratedStrength = Found & {
  /** The mean of the measure at that strength. */
  readonly measured: number;
  /** 95 % interval of that mean over images like these: Wilson's for retention, else the normal one. */
  readonly interval: Interval;
  /** 95 % interval of the strength over images like these, by the bootstrap, on lines between the strengths tried. */
  readonly strengthInterval: Interval;
  /** Images that were measured; for retention, those that the classifier gets right. */
  readonly images: number;
};

export type Calibration = CalibratedStrength & {
  /** By label, if asked for; classes with fewer than 10 images to measure are left out. */
  readonly perClass?: Readonly<Record<number, CalibratedStrength>>;
  /** Network calls, image by image. */
  readonly evaluations: number;
};

/** Fewer images than this say next to nothing. */
const LEAST_IMAGES = 10;

/**
 * Finds the largest strength at which a measure still meets its target, by bisection over fixed noises. It trusts that
 * whatever is above a strength that fails fails too.
 *
 * @param images float32 or int32 `[N, H, W, C]` of the model's size, at least 10; left alone. Use images that no test
 * will use.
 * @returns `met: 'everywhere'` with the highest of the strengths where every one meets the target, `'nowhere'` with the
 * lowest where none does.
 * @throws ArgumentError `bad-goal`, `bad-target`, `unknown-distance`, `bad-strengths`, `bad-tolerance`, `bad-variants`,
 * `no-labels`, `bad-label`, `bad-classifier`, `too-few-images`, and those of `boomerang`; whatever `signal` was aborted
 * with.
 */
export const calibrateStrength = async (
  model: Model,
  images: tf.Tensor4D,
  options: CalibrateOptions,
): Promise<Calibration> => {
  const search = checkCalibration(model, images, options);
  const measure = measureOf(options, imageRange(images.dtype, options.range));
  const places = await measurable(images, options, measure);
  checkEnough(places.length, images.shape[0]);
  const total = mostTries(search) * places.length * (options.variants ?? 1) * (options.perClass ? 2 : 1);
  const scores = makeScores(model, images, { options, measure, total });
  const find = (some: readonly number[]) => findStrength(scores, some, { measure, search, seed: options.seed });
  const found = await find(places);
  const perClass = options.perClass ? { perClass: await findPerClass(places, options.labels ?? [], find) } : {};
  options.onProgress?.(total, total);
  return { ...found, ...perClass, evaluations: scores.evaluations() };
};

type Search = { readonly measure: Measure; readonly search: SearchRange; readonly seed: string | number };

const findStrength = async (
  scores: Scores,
  places: readonly number[],
  { measure, search, seed }: Search,
): Promise<CalibratedStrength> => {
  const tried = new Map<number, Float64Array>();
  const found = await largestMeeting(search, async (strength) => {
    const here = await scores.at(strength, places);
    tried.set(strength, here);
    return measure.margin(meanOf(here)) >= 0;
  });
  const points = [...tried].map(([strength, here]) => ({ strength, scores: here }));
  points.sort((a, b) => a.strength - b.strength);
  const atFound = tried.get(found.strength) as Float64Array;
  return {
    ...found,
    measured: meanOf(atFound),
    interval: measure.interval(atFound),
    strengthInterval: crossingInterval(points, measure.margin, [seed, 'calibration']),
    images: places.length,
  };
};

const findPerClass = async (
  places: readonly number[],
  labels: readonly number[],
  find: (places: readonly number[]) => Promise<CalibratedStrength>,
): Promise<Record<number, CalibratedStrength>> => {
  const found: Record<number, CalibratedStrength> = {};
  for (const label of new Set(labels)) {
    const own = places.filter((place) => labels[place] === label);
    if (own.length >= LEAST_IMAGES) found[label] = await find(own);
  }
  return found;
};

const checkEnough = (count: number, given: number): void => {
  if (count >= LEAST_IMAGES) return;
  const rule = `calibration needs at least ${LEAST_IMAGES} images, for a classifier ones that it gets right`;
  throw new ArgumentError('too-few-images', `${rule}; got ${count} of ${given}; give more images`);
};
