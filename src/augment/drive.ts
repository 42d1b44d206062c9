import * as tf from '@tensorflow/tfjs-core';
import type { Model, Numbers } from '../models/model.ts';
import { timestepAt } from '../noise/schedule.ts';
import { cleanEstimate, networkInput } from '../solvers/denoiser.ts';
import type { Answer, Ask, Asking } from './asking.ts';
import { readNow } from './readNow.ts';

/** Runs a flight to its end without waiting. */
export const drive = <Result>(flight: Asking<Result>, model: Model): Result => {
  let next = flight.next();
  while (!next.done) {
    const ask = next.value;
    next = answered(flight, () => ('read' in ask ? readNow(ask.read) : denoise(model, ask)));
  }
  return next.value;
};

/** Runs a flight and waits for every answer, so that an engine which computes elsewhere blocks nobody. */
export const driveAsync = async <Result>(flight: Asking<Result>, model: Model): Promise<Result> => {
  let next = flight.next();
  while (!next.done) {
    const ask = next.value;
    let answer: Answer;
    try {
      answer = 'read' in ask ? await ask.read.data<'float32' | 'int32'>() : await denoiseAsync(model, ask);
    } catch (error) {
      next = flight.throw(error);
      continue;
    }
    next = flight.next(answer);
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

type AskNetwork = Extract<Ask, { evaluate: unknown }>;

/** The clean estimate of a network for noisy images at their levels. */
export const denoise = (model: Model, ask: AskNetwork): tf.Tensor4D =>
  tf.tidy(() => {
    const { x, sigma } = ask.evaluate;
    const output = model.predict(networkInput(x, sigma), timestepsOf(model, ask), ask.labels);
    return cleanEstimate(model.scheduler.prediction, { x, sigma, output });
  });

const denoiseAsync = async (model: Model, ask: AskNetwork): Promise<tf.Tensor4D> => {
  const { x, sigma } = ask.evaluate;
  const input = networkInput(x, sigma);
  try {
    const output = await model.predictAsync(input, timestepsOf(model, ask), ask.labels);
    const estimate = cleanEstimate(model.scheduler.prediction, { x, sigma, output });
    output.dispose();
    return estimate;
  } finally {
    input.dispose();
  }
};

const timestepsOf = ({ scheduler }: Model, { evaluate: { sigma, timestep } }: AskNetwork): Numbers => {
  const at = (level: number): number => timestepAt(scheduler.schedule, level);
  return timestep ?? (typeof sigma === 'number' ? at(sigma) : sigma.map(at));
};
