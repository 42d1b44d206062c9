import { checkNames } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { uniformStream } from '../../random.ts';
import type { TrainingData } from '../../train/trainingData.ts';
import { batchErrors } from './batchErrors.ts';
import { trivialErrors } from './trivialErrors.ts';
import { walkedImages } from './walkedImages.ts';

/** How far a network's idea of the noise is from the noise. */
export type EpsilonError = {
  /** Mean squared error of epsilon over all images, or their latents, timesteps stratified over the schedule. */
  readonly error: number;
  /** The same by fifths of the schedule, from clean to noisy. */
  readonly fifths: readonly number[];
  readonly images: number;
  /** The error of who sees only how noisy an image is, and knows the mean and the spread of all its numbers. */
  readonly trivial: { readonly error: number; readonly fifths: readonly number[] };
};

export type EpsilonErrorOptions = {
  /** Decides noise and timesteps. */
  readonly seed: string | number;
  /** Places of the images to look at. @defaultValue all */
  readonly places?: readonly number[];
  /** The model's label for each image of the data, for conditional models. @defaultValue its null label */
  readonly labels?: readonly number[] | undefined;
  /** What each image of the data shows, for models with text. @defaultValue '' */
  readonly prompts?: readonly string[] | undefined;
  /** For a network that takes it as a number; others are asked without. @defaultValue 8.5 */
  readonly guidance?: number | undefined;
  /** @defaultValue 64 */
  readonly batchSize?: number;
  /** Looked at before every batch. */
  readonly signal?: AbortSignal;
  /** Told the share of the work done. */
  readonly onProgress?: (share: number) => void;
};

const FIFTHS = 5;
/** Fewer images are looked at several times, so that no part of the schedule goes without. */
const LEAST_LOOKS = 25;

/** How many times images are looked at, all together, where there are so many. */
export const looksAt = (images: number): number => images * Math.ceil(LEAST_LOOKS / images);

const OPTIONS: Readonly<Record<keyof EpsilonErrorOptions, true>> = {
  seed: true,
  places: true,
  labels: true,
  prompts: true,
  guidance: true,
  batchSize: true,
  signal: true,
  onProgress: true,
};

/**
 * Adds noise to images, where the model walks, and asks the model for it. Every image has one timestep: one from each of N equal parts of the
 * schedule, in an order that has nothing to do with that of the images. Of fewer than 25 images each has several.
 *
 * @throws ArgumentError `no-images`; `diverged` for a model whose error is not finite; whatever `signal` was aborted
 * with.
 */
export const epsilonError = async (
  model: Model,
  data: TrainingData,
  options: EpsilonErrorOptions,
): Promise<EpsilonError> => {
  checkNames('epsilonError', Object.keys(OPTIONS), options);
  const { seed, places = range(data.count), batchSize = 64, signal, onProgress, ...told } = options;
  if (places.length === 0) throw new ArgumentError('no-images', 'there is no image to measure the error on; name some');
  const total = model.scheduler.schedule.alphaBar.length;
  const looks = range(looksAt(places.length) / places.length).flatMap(() => places);
  const timesteps = stratified(looks.length, total, seed);
  const images = walkedImages(model, data);
  const errors: number[] = [];
  for (let at = 0; at < looks.length; at += batchSize) {
    signal?.throwIfAborted();
    const some = looks.slice(at, at + batchSize);
    const steps = timesteps.slice(at, at + batchSize);
    errors.push(...(await batchErrors(model, images, { ...told, seed, places: some, timesteps: steps })));
    onProgress?.((at + some.length) / looks.length);
  }
  const byFifth = (values: readonly number[]): number[] =>
    range(FIFTHS).map((fifth) =>
      mean(values.filter((_, n) => Math.floor(((timesteps[n] as number) * FIFTHS) / total) === fifth)),
    );
  const error = mean(errors);
  if (!Number.isFinite(error)) throw notFinite(errors, timesteps);
  const guesses = trivialErrors(model, images, { places, timesteps });
  return {
    error,
    fifths: byFifth(errors),
    images: places.length,
    trivial: { error: mean(guesses), fifths: byFifth(guesses) },
  };
};

const notFinite = (errors: readonly number[], timesteps: readonly number[]): ArgumentError => {
  const first = errors.findIndex((error) => !Number.isFinite(error));
  const what = `the model's answer at timestep ${timesteps[first]} is off by ${errors[first]}`;
  return new ArgumentError('diverged', `${what}, which is not finite: its training diverged; take an earlier model`);
};

/** One timestep from each of `count` equal parts of the schedule, shuffled. */
const stratified = (count: number, total: number, seed: string | number): number[] => {
  const next = uniformStream([seed, 'error timesteps', count]);
  const parts = range(count).map((n) => ({ timestep: Math.floor(((n + next()) / count) * total), draw: next() }));
  return parts.sort((a, b) => a.draw - b.draw).map(({ timestep }) => timestep);
};

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
