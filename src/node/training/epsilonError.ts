import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../../models/model.ts';
import { uniformStream } from '../../random.ts';
import { imageNoise } from '../../tensors/noise.ts';
import type { TrainingData } from '../../train/trainingData.ts';

/** How far a network's idea of the noise is from the noise. */
export type EpsilonError = {
  /** Mean squared error of epsilon over all images, timesteps stratified over the schedule. */
  readonly error: number;
  /** The same by fifths of the schedule, from clean to noisy. */
  readonly fifths: readonly number[];
  readonly images: number;
};

export type EpsilonErrorOptions = {
  /** Decides noise and timesteps. */
  readonly seed: string | number;
  /** Places of the images to look at. @defaultValue all */
  readonly places?: readonly number[];
  /** The model's label for each image of the data, for conditional models. @defaultValue its null label */
  readonly labels?: readonly number[] | undefined;
  /** @defaultValue 64 */
  readonly batchSize?: number;
  /** Told the share of the work done. */
  readonly onProgress?: (share: number) => void;
};

const FIFTHS = 5;

/**
 * Adds noise to images and asks the model for it. Every image has one timestep: one from each of N equal parts of the
 * schedule, in an order that has nothing to do with that of the images.
 */
export const epsilonError = async (
  model: Model,
  data: TrainingData,
  { seed, places = range(data.count), labels, batchSize = 64, onProgress }: EpsilonErrorOptions,
): Promise<EpsilonError> => {
  const total = model.scheduler.schedule.alphaBar.length;
  const timesteps = stratified(places.length, total, seed);
  const errors: number[] = [];
  for (let at = 0; at < places.length; at += batchSize) {
    const some = places.slice(at, at + batchSize);
    const own = labels && some.map((place) => labels[place] as number);
    errors.push(
      ...(await batchErrors(model, data, { seed, places: some, timesteps: timesteps.slice(at), labels: own })),
    );
    onProgress?.((at + some.length) / places.length);
  }
  const fifthOf = (timestep: number): number => Math.floor((timestep * FIFTHS) / total);
  return {
    error: mean(errors),
    fifths: range(FIFTHS).map((fifth) => mean(errors.filter((_, n) => fifthOf(timesteps[n] as number) === fifth))),
    images: places.length,
  };
};

type Batch = {
  readonly seed: string | number;
  readonly places: readonly number[];
  /** As many at least as places. */
  readonly timesteps: readonly number[];
  readonly labels: readonly number[] | undefined;
};

const batchErrors = async (
  model: Model,
  data: TrainingData,
  batch: Batch,
): Promise<ArrayLike<number> & Iterable<number>> => {
  const timesteps = batch.timesteps.slice(0, batch.places.length);
  const shares = timesteps.map((timestep) => model.scheduler.schedule.alphaBar[timestep] as number);
  const column = (values: readonly number[]): tf.Tensor4D => tf.tensor4d([...values], [values.length, 1, 1, 1]);
  const [noise, noisy] = tf.tidy((): [tf.Tensor4D, tf.Tensor4D] => {
    const drawn = imageNoise(
      batch.places.map((place) => [batch.seed, 'error noise', place]),
      data.imageShape,
    );
    const clean = tf.stack(batch.places.map((place) => tf.tensor3d(data.pixels(place), [...data.imageShape])));
    const signal = tf.mul(clean, column(shares.map(Math.sqrt)));
    return [drawn, tf.add(signal, tf.mul(drawn, column(shares.map((share) => Math.sqrt(1 - share)))))];
  });
  const output = await model.predictAsync(noisy, timesteps, batch.labels).catch((error: unknown) => {
    tf.dispose([noise, noisy]);
    throw error;
  });
  const errors = tf.tidy(() => {
    const [signal, spread] = [column(shares.map(Math.sqrt)), column(shares.map((share) => Math.sqrt(1 - share)))];
    const meanings = {
      epsilon: () => output,
      sample: () => tf.div(tf.sub(noisy, tf.mul(output, signal)), spread),
      v_prediction: () => tf.add(tf.mul(output, signal), tf.mul(noisy, spread)),
    };
    return tf.mean(tf.squaredDifference(meanings[model.scheduler.prediction](), noise), [1, 2, 3]);
  });
  tf.dispose([noise, noisy, output]);
  const values = await errors.data<'float32'>();
  errors.dispose();
  return values;
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
