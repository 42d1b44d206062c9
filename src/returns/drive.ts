import * as tf from '@tensorflow/tfjs-core';
import { NumericError } from '../errors.ts';
import type { Model, Numbers } from '../models/model.ts';
import { timestepAt } from '../noise/schedule.ts';
import { cleanEstimate, networkInput } from '../solvers/denoiser.ts';
import { brokenRows, isFiniteLater, isFiniteNow } from '../tensors/finite.ts';
import type { Ask, Asking, AskNetwork } from './asking.ts';
import { needsAsync, readNow } from './readNow.ts';

/**
 * Runs work to its end without waiting.
 *
 * @throws ArgumentError `needs-async` where an answer can only be had by waiting; NumericError `not-finite` for a
 * network whose answer is not finite.
 */
export const drive = <Result>(work: Asking<Result>): Result => {
  let next = work.next();
  while (!next.done) next = answered(work, next.value);
  return next.value;
};

/** As {@link drive}, and waits for every answer, so that an engine which computes elsewhere blocks nobody. */
export const driveAsync = async <Result>(work: Asking<Result>): Promise<Result> => {
  let next = work.next();
  while (!next.done) {
    let answer: unknown;
    try {
      answer = await answerLater(next.value);
    } catch (error) {
      next = work.throw(error);
      continue;
    }
    next = work.next(answer);
  }
  return next.value;
};

/** Goes on with an answer; a failure is thrown into the work, so that it frees its tensors. */
const answered = <Result>(work: Asking<Result>, ask: Ask): IteratorResult<Ask, Result> => {
  let answer: unknown;
  try {
    answer = answerNow(ask);
  } catch (error) {
    return work.throw(error);
  }
  return work.next(answer);
};

const answerNow = (ask: Ask): unknown => {
  if ('read' in ask) return readNow(ask.read);
  if ('evaluate' in ask) return denoise(ask);
  Promise.resolve(ask.wait).then(
    (late) => tf.dispose(late as tf.TensorContainer),
    () => {},
  ); // for nobody
  throw needsAsync('a classifier answered with a promise, for which dataset.map cannot wait');
};

const answerLater = (ask: Ask): Promise<unknown> => {
  if ('read' in ask) return ask.read.data();
  return 'evaluate' in ask ? denoiseAsync(ask) : Promise.resolve(ask.wait);
};

/** The clean estimate of a network for noisy images at their levels, a new tensor. */
export const denoise = (ask: AskNetwork): tf.Tensor4D =>
  tf.tidy(() => {
    const { x, sigma } = ask.evaluate;
    const output = ask.model.predict(networkInput(x, sigma), timestepsOf(ask), ask.labels);
    if (!isFiniteNow(output)) throw notFinite(ask, output.dataSync());
    return cleanEstimate(ask.model.scheduler.prediction, { x, sigma, output });
  });

const denoiseAsync = async (ask: AskNetwork): Promise<tf.Tensor4D> => {
  const { x, sigma } = ask.evaluate;
  const input = networkInput(x, sigma);
  let output: tf.Tensor4D | undefined;
  try {
    output = await ask.model.predictAsync(input, timestepsOf(ask), ask.labels);
    if (!(await isFiniteLater(output))) throw notFinite(ask, await output.data());
    return cleanEstimate(ask.model.scheduler.prediction, { x, sigma, output });
  } finally {
    tf.dispose([input, ...(output ? [output] : [])]);
  }
};

const timestepsOf = ({ model: { scheduler }, evaluate: { sigma, timestep } }: AskNetwork): Numbers => {
  const at = (level: number): number => timestepAt(scheduler.schedule, level);
  return timestep ?? (typeof sigma === 'number' ? at(sigma) : sigma.map(at));
};

/** Said before a clip can hide it: some backends clip NaN to black. */
const notFinite = (ask: AskNetwork, output: ArrayLike<number>): NumericError => {
  const { model, keys, evaluate } = ask;
  const rows = brokenRows(output, evaluate.x.shape[0]);
  const steps = timestepsOf(ask) as number | ArrayLike<number>;
  const timestep = typeof steps === 'number' ? steps : steps[rows[0] ?? 0];
  const names = rows.slice(0, 3).map((row) => keys[row] ?? row);
  const images = `${rows.length} of ${keys.length} images (${names.join(', ')}${rows.length > 3 ? ', …' : ''})`;
  return new NumericError(
    'not-finite',
    `model ${shortDigest(model)} on ${engineOf(model)} answered with numbers that are not finite at timestep ` +
      `${Number(timestep).toFixed(1)} for ${images}; its weights are damaged, or too large for this engine: look at ` +
      'it with `boomerang info`, or open it with another engine',
  );
};

const shortDigest = ({ digest }: Model): string => digest.slice(0, 16);
const engineOf = ({ engine }: Model): string => (engine === 'tfjs' ? `tfjs (${tf.getBackend()})` : engine);
