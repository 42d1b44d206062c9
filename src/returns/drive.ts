import * as tf from '@tensorflow/tfjs-core';
import { NumericError } from '../errors.ts';
import type { Model, Numbers } from '../models/model.ts';
import { timestepAt } from '../noise/schedule.ts';
import { cleanEstimate, networkInput } from '../solvers/denoiser.ts';
import { brokenRows, isFiniteLater, isFiniteNow } from '../tensors/finite.ts';
import type { ImageKey } from './address.ts';
import type { Ask, AskCoder, Asking, AskNetwork } from './asking.ts';
import { guided, twice } from './guided.ts';
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
  if ('code' in ask) return code(ask);
  if ('prompts' in ask) return ask.model.text?.embed(ask.prompts);
  if (ask.isOptional) return undefined;
  Promise.resolve(ask.wait).then(
    (late) => tf.dispose(late as tf.TensorContainer),
    () => {},
  ); // for nobody
  throw needsAsync(`${ask.whose ?? 'a classifier'} answered with a promise, for which dataset.map cannot wait`);
};

const answerLater = (ask: Ask): Promise<unknown> => {
  if ('read' in ask) return ask.read.data();
  if ('evaluate' in ask) return denoiseAsync(ask);
  if ('code' in ask) return codeAsync(ask);
  return Promise.resolve('prompts' in ask ? ask.model.text?.embedAsync(ask.prompts) : ask.wait);
};

/** The clean estimate of a network for noisy images at their levels, a new tensor. */
export const denoise = (ask: AskNetwork): tf.Tensor4D =>
  tf.tidy(() => {
    const { x, sigma } = ask.evaluate;
    const said = ask.model.predict(inputOf(ask), timestepsOf(ask), ask.condition);
    const output = ask.guidance === undefined ? said : guided(said, ask.guidance);
    if (!isFiniteNow(output)) throw notFinite(ask, output.dataSync());
    return cleanEstimate(ask.model.scheduler.prediction, { x, sigma, output });
  });

const denoiseAsync = async (ask: AskNetwork): Promise<tf.Tensor4D> => {
  const { x, sigma } = ask.evaluate;
  const made: tf.Tensor[] = [];
  const own = <T extends tf.Tensor>(tensor: T): T => {
    made.push(tensor);
    return tensor;
  };
  try {
    const said = own(await ask.model.predictAsync(own(inputOf(ask)), timestepsOf(ask), ask.condition));
    const output = ask.guidance === undefined ? said : own(guided(said, ask.guidance));
    if (!(await isFiniteLater(output))) throw notFinite(ask, await output.data());
    return cleanEstimate(ask.model.scheduler.prediction, { x, sigma, output });
  } finally {
    tf.dispose(made);
  }
};

const inputOf = ({ evaluate: { x, sigma }, guidance }: AskNetwork): tf.Tensor4D =>
  tf.tidy(() => (guidance === undefined ? networkInput(x, sigma) : twice(networkInput(x, sigma))));

const code = ({ model, way, code: x, keys }: AskCoder): tf.Tensor4D =>
  tf.tidy(() => {
    const coded = model[way](x);
    if (!isFiniteNow(coded)) throw brokenCode({ model, way, keys }, brokenRows(coded.dataSync(), x.shape[0]));
    return coded;
  });

const codeAsync = async ({ model, way, code: x, keys }: AskCoder): Promise<tf.Tensor4D> => {
  const coded = await model[`${way}Async`](x);
  if (await isFiniteLater(coded)) return coded;
  const rows = brokenRows(await coded.data(), x.shape[0]);
  coded.dispose();
  throw brokenCode({ model, way, keys }, rows);
};

const brokenCode = ({ model, way, keys }: Omit<AskCoder, 'code'>, rows: readonly number[]): NumericError =>
  new NumericError(
    'not-finite',
    `the autoencoder of model ${shortDigest(model)} on ${engineOf(model)} could not ${way} ${imagesAt(rows, keys)}: its ` +
      'answer has numbers that are not finite; its weights are damaged, or too large for this engine: open it with ' +
      'another engine',
  );

const timestepsOf = ({ model: { scheduler }, evaluate: { sigma, timestep }, guidance }: AskNetwork): Numbers => {
  const at = (level: number): number => timestepAt(scheduler.schedule, level);
  const own = timestep ?? (typeof sigma === 'number' ? at(sigma) : sigma.map(at));
  return typeof own === 'number' || guidance === undefined ? own : [...own, ...own];
};

/** Said before a clip can hide it: some backends clip NaN to black. */
const notFinite = (ask: AskNetwork, output: ArrayLike<number>): NumericError => {
  const { model, evaluate } = ask;
  const rows = brokenRows(output, evaluate.x.shape[0]);
  const steps = timestepsOf(ask) as number | ArrayLike<number>;
  const timestep = typeof steps === 'number' ? steps : steps[rows[0] ?? 0];
  return new NumericError(
    'not-finite',
    `model ${shortDigest(model)} on ${engineOf(model)} answered with numbers that are not finite at timestep ` +
      `${Number(timestep).toFixed(1)} for ${imagesAt(rows, ask.keys)}; its weights are damaged, or too large for this engine: look at ` +
      'it with `boomerang info`, or open it with another engine',
  );
};

const imagesAt = (rows: readonly number[], keys: readonly ImageKey[]): string => {
  const names = rows.slice(0, 3).map((row) => keys[row] ?? row);
  return `${rows.length} of ${keys.length} images (${names.join(', ')}${rows.length > 3 ? ', …' : ''})`;
};

const shortDigest = ({ digest }: Model): string => digest.slice(0, 16);
const engineOf = ({ engine }: Model): string => (engine === 'tfjs' ? `tfjs (${tf.getBackend()})` : engine);
