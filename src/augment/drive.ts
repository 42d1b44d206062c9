import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { timestepAt } from '../noise/schedule.ts';
import { cleanEstimate, networkInput } from '../solvers/denoiser.ts';
import type { Answer, Ask, Asking } from './flight.ts';

/** Runs a flight to its end without waiting. */
export const drive = <Result>(flight: Asking<Result>, model: Model): Result => {
  let next = flight.next();
  while (!next.done) {
    const ask = next.value;
    next = answered(flight, () => ('read' in ask ? readNow(ask.read) : denoise(model, ask)));
  }
  return next.value;
};

/** Runs a flight and lets the event loop turn before every network call, so that an abort can arrive. */
export const driveAsync = async <Result>(flight: Asking<Result>, model: Model): Promise<Result> => {
  let next = flight.next();
  while (!next.done) {
    const ask = next.value;
    if ('read' in ask) {
      const values = await ask.read.data<'float32'>();
      next = flight.next(values);
    } else {
      await tf.nextFrame();
      next = answered(flight, () => denoise(model, ask));
    }
  }
  return next.value;
};

/** Goes on with an answer; a failure is thrown into the flight, so that it frees its tensors. */
const answered = <Result>(flight: Asking<Result>, answer: () => Answer): IteratorResult<Ask, Result> => {
  let value: Answer;
  try {
    value = answer();
  } catch (error) {
    return flight.throw(error);
  }
  return flight.next(value);
};

const readNow = (tensor: tf.Tensor): Float32Array => {
  try {
    return tensor.dataSync<'float32'>();
  } catch (cause) {
    const remedy = 'use dataset.mapAsync(augment.async) instead of dataset.map(augment)';
    throw new ArgumentError(
      'needs-async',
      `the ${tf.getBackend()} backend cannot read pixels without waiting; ${remedy}`,
      { cause },
    );
  }
};

/** The clean estimate of a network for noisy images at their levels. */
export const denoise = (
  { scheduler, predict }: Model,
  { evaluate, labels }: Extract<Ask, { evaluate: unknown }>,
): tf.Tensor4D =>
  tf.tidy(() => {
    const { x, sigma } = evaluate;
    const at = (level: number): number => timestepAt(scheduler.schedule, level);
    const timesteps = evaluate.timestep ?? (typeof sigma === 'number' ? at(sigma) : sigma.map(at));
    const output = predict(networkInput(x, sigma), timesteps, labels);
    return cleanEstimate(scheduler.prediction, { x, sigma, output });
  });
