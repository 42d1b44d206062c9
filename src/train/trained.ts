import * as tf from '@tensorflow/tfjs-core';
import { checkpointLayout, tfjsLayout, type Weight } from '../engines/tfjs/parameters.ts';
import { ArgumentError } from '../errors.ts';

/** What training keeps for each parameter, in the layout of the engine. */
export type Trained = {
  readonly parameter: tf.Variable;
  /** Moving averages of the gradient and of its square. */
  readonly first: tf.Variable;
  readonly second: tf.Variable;
  /** Moving average of the parameter: what is used in the end. */
  readonly average: tf.Variable;
};

/** Where a run stands: for every parameter its value and moving averages, in the layout of checkpoints. */
export type TrainingState = {
  /** Steps done. */
  readonly step: number;
  readonly elapsedMs: number;
  readonly smoothed: number;
  /** By `<part>.<parameter>`; the parts are those of a parameter in training. */
  readonly tensors: ReadonlyMap<string, Weight>;
};

const PARTS = ['parameter', 'first', 'second', 'average'] as const;

/** Parameters at the start of a run. The caller owns the variables. */
export const startTrained = (weights: ReadonlyMap<string, Weight>): Map<string, Trained> => {
  const zeros = ({ shape, data }: Weight): Weight => ({ shape, data: new Float32Array(data.length) });
  return new Map(
    [...weights].map(([name, weight]) => [
      name,
      asTrained((part) => (part === 'first' || part === 'second' ? zeros(weight) : weight)),
    ]),
  );
};

/**
 * Parameters of a run that goes on. The caller owns the variables.
 *
 * @throws ArgumentError `bad-state` for a state of another network.
 */
export const resumeTrained = (
  weights: ReadonlyMap<string, Weight>,
  { tensors }: TrainingState,
): Map<string, Trained> => {
  const kept = (name: string, part: string): Weight => {
    const tensor = tensors.get(`${part}.${name}`);
    const shape = weights.get(name)?.shape;
    if (tensor && String(tensor.shape) === String(shape)) return tensor;
    const found = tensor ? `is [${tensor.shape}] and should be [${shape}]` : 'is absent';
    throw new ArgumentError('bad-state', `the training state is of another network: ${part}.${name} ${found}`);
  };
  for (const name of weights.keys()) for (const part of PARTS) kept(name, part);
  return new Map([...weights.keys()].map((name) => [name, asTrained((part) => kept(name, part))]));
};

const asTrained = (weightOf: (part: keyof Trained) => Weight): Trained => {
  const variable = (part: keyof Trained): tf.Variable =>
    tf.tidy(() => tf.keep(tf.variable(tfjsLayout(weightOf(part)), part === 'parameter')));
  return Object.fromEntries(PARTS.map((part) => [part, variable(part)])) as Trained;
};

/** One part of all parameters, in the layout of checkpoints. */
export const readTrained = async (
  trained: ReadonlyMap<string, Trained>,
  part: keyof Trained,
): Promise<Map<string, Weight>> => {
  const weights = new Map<string, Weight>();
  for (const [name, kept] of trained) {
    const tensor = checkpointLayout(kept[part]);
    weights.set(name, { shape: tensor.shape, data: (await tensor.data<'float32'>()).slice() });
    tensor.dispose();
  }
  return weights;
};

/** All parts of all parameters, as a state keeps them. */
export const readState = async (trained: ReadonlyMap<string, Trained>): Promise<Map<string, Weight>> => {
  const tensors = new Map<string, Weight>();
  for (const part of PARTS) {
    for (const [name, weight] of await readTrained(trained, part)) tensors.set(`${part}.${name}`, weight);
  }
  return tensors;
};

export const disposeTrained = (trained: ReadonlyMap<string, Trained>): void => {
  for (const kept of trained.values()) for (const part of PARTS) kept[part].dispose();
};
