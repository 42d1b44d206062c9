import * as tf from '@tensorflow/tfjs-core';
import { checkpointLayout, tfjsLayout, type Weight } from '../engines/tfjs/parameters.ts';
import { ArgumentError } from '../errors.ts';

/** What training keeps: for every part one row of all parameters, in the layout of the engine. */
export type Trained = {
  /** Names and shapes of the parameters, in the order in which they lie in the rows. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly rows: Readonly<Record<Part, tf.Variable>>;
};

/**
 * The parameters themselves, moving averages of their gradients and of the squares of those, and the moving average of
 * the parameters: what is used in the end.
 */
const PARTS = ['parameter', 'first', 'second', 'average'] as const;
type Part = (typeof PARTS)[number];

/** Where a run stands: for every parameter its value and moving averages, in the layout of checkpoints. */
export type TrainingState = {
  /** Steps done. */
  readonly step: number;
  readonly elapsedMs: number;
  readonly smoothed: number;
  /** The options that decide the run, and what is known of its images. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** By `<part>.<parameter>`; the parts are those of a parameter in training. */
  readonly tensors: ReadonlyMap<string, Weight>;
};

/** Parameters at the start of a run. The caller owns the variables. */
export const startTrained = (weights: ReadonlyMap<string, Weight>): Trained => {
  const zeros = ({ shape, data }: Weight): Weight => ({ shape, data: new Float32Array(data.length) });
  const weightOf = (name: string, part: Part): Weight => {
    const weight = weights.get(name) as Weight;
    return part === 'first' || part === 'second' ? zeros(weight) : weight;
  };
  return asTrained([...weights.keys()], weightOf);
};

/**
 * Parameters of a run that goes on. The caller owns the variables.
 *
 * @throws ArgumentError `bad-state` for a state of another network.
 */
export const resumeTrained = (
  shapes: ReadonlyMap<string, readonly number[]>,
  { tensors }: Pick<TrainingState, 'tensors'>,
): Trained => {
  const kept = (name: string, part: Part): Weight => {
    const tensor = tensors.get(`${part}.${name}`);
    const shape = shapes.get(name);
    if (tensor && String(tensor.shape) === String(shape)) return tensor;
    const found = tensor ? `is [${tensor.shape}] and should be [${shape}]` : 'is absent';
    throw new ArgumentError(
      'bad-state',
      `the training state is of another network: ${part}.${name} ${found}; go on with the config it began with`,
    );
  };
  for (const name of shapes.keys()) for (const part of PARTS) kept(name, part);
  return asTrained([...shapes.keys()], kept);
};

const asTrained = (names: readonly string[], weightOf: (name: string, part: Part) => Weight): Trained => {
  const shapes = new Map<string, readonly number[]>();
  const row = (part: Part): tf.Variable =>
    tf.tidy(() => {
      const tensors = names.map((name) => tfjsLayout(weightOf(name, part)));
      for (const [n, name] of names.entries()) shapes.set(name, tensors[n]?.shape ?? []);
      return tf.keep(tf.variable(oneRow(tensors), false));
    });
  return { rows: Object.fromEntries(PARTS.map((part) => [part, row(part)])) as Trained['rows'], shapes };
};

/** Tensors laid end to end. */
export const oneRow = (tensors: readonly tf.Tensor[]): tf.Tensor1D =>
  tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))) as tf.Tensor1D;

/** The parameters of a network by name, taken out of their row: call it in a tidy. */
export const parametersOf = ({ rows, shapes }: Trained, part: Part = 'parameter'): Map<string, tf.Tensor> => {
  const sizes = [...shapes.values()].map((shape) => tf.util.sizeFromShape([...shape]));
  const pieces = tf.split(rows[part], sizes);
  return new Map([...shapes].map(([name, shape], n) => [name, tf.reshape(pieces[n] as tf.Tensor, [...shape])]));
};

/** One part of all parameters, in the layout of checkpoints. */
export const readTrained = async (trained: Trained, part: Part): Promise<Map<string, Weight>> => {
  const tensors = tf.tidy(() => [...parametersOf(trained, part).values()].map(checkpointLayout));
  const weights = new Map<string, Weight>();
  for (const [n, name] of [...trained.shapes.keys()].entries()) {
    const tensor = tensors[n] as tf.Tensor;
    weights.set(name, { shape: tensor.shape, data: (await tensor.data<'float32'>()).slice() });
  }
  tf.dispose(tensors);
  return weights;
};

/** All parts of all parameters, as a state keeps them. */
export const readState = async (trained: Trained): Promise<Map<string, Weight>> => {
  const tensors = new Map<string, Weight>();
  for (const part of PARTS) {
    for (const [name, weight] of await readTrained(trained, part)) tensors.set(`${part}.${name}`, weight);
  }
  return tensors;
};

export const disposeTrained = ({ rows }: Trained): void => {
  for (const part of PARTS) rows[part].dispose();
};
