import type { InferenceSession } from 'onnxruntime-node';
import { CheckpointError } from '../../errors.ts';

/** What the inputs and the output of a graph are called. Their number types and ranks are read from the graph. */
export type GraphNames = {
  /** Noisy images. @defaultValue 'x' */
  readonly x?: string;
  /** @defaultValue 'timesteps' */
  readonly timesteps?: string;
  /** Classes. @defaultValue 'labels', where the graph has such an input */
  readonly labels?: string;
  /** @defaultValue 'output' */
  readonly output?: string;
  /** How `x` and the output lie in the graph; outside they are always NHWC. @defaultValue 'nhwc' */
  readonly layout?: ImageLayout;
};

export type ImageLayout = 'nhwc' | 'nchw';

/** What a graph says of itself. */
export type GraphFacts = {
  readonly x: string;
  readonly timesteps: NumberInput;
  readonly labels?: NumberInput;
  readonly output: string;
  readonly layout: ImageLayout;
  /** Height, width and channels that the graph takes; 0 where it takes any. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Channels of the output; 0 where the graph does not say. */
  readonly outChannels: number;
  /** Whether the graph can take one row only: its batch size is fixed at 1, or its timestep is one number for all. */
  readonly oneRow: boolean;
};

/** An input with a number for each row, or with one for all. */
export type NumberInput = {
  readonly name: string;
  readonly type: NumberType;
  /** 0 for a single number. */
  readonly rank: number;
  /** Whether it takes one number only. */
  readonly single: boolean;
};

export type NumberType = 'float32' | 'float64' | 'int32' | 'int64';

type Described = Pick<InferenceSession, 'inputMetadata' | 'outputMetadata'>;
type Tensor = Extract<InferenceSession.ValueMetadata, { isTensor: true }>;

/**
 * Reads what a session wants to be fed.
 *
 * @throws CheckpointError `bad-graph` when a name is not there, an input is left over, or a type is not supported.
 */
export const graphFacts = ({ inputMetadata, outputMetadata }: Described, names: GraphNames): GraphFacts => {
  const { layout = 'nhwc', labels = 'labels' } = names;
  const x = imageTensor(inputMetadata, names.x ?? 'x', 'input');
  const output = imageTensor(outputMetadata, names.output ?? 'output', 'output');
  const timesteps = numberInput(inputMetadata, names.timesteps ?? 'timesteps');
  const isLabelled = names.labels !== undefined || inputMetadata.some(({ name }) => name === labels);
  const labelled = isLabelled ? { labels: numberInput(inputMetadata, labels) } : {};
  const taken = [x.name, timesteps.name, labels];
  const spare = inputMetadata.find(({ name }) => !taken.includes(name));
  if (spare) throw badGraph(`the graph also wants the input "${spare.name}", which nothing here can feed`);
  const [rows, ...imageShape] = fixedSizes(x, layout);
  return {
    x: x.name,
    timesteps,
    ...labelled,
    output: output.name,
    layout,
    imageShape: imageShape as [number, number, number],
    outChannels: fixedSizes(output, layout)[3] ?? 0,
    oneRow: rows === 1 || timesteps.single,
  };
};

const NUMBER_TYPES: readonly string[] = ['float32', 'float64', 'int32', 'int64'] satisfies NumberType[];

const numberInput = (inputs: readonly InferenceSession.ValueMetadata[], wanted: string): NumberInput => {
  const { name, type, shape } = tensor(inputs, wanted, 'input');
  if (!NUMBER_TYPES.includes(type))
    throw badGraph(`the input "${name}" is ${type}; ${NUMBER_TYPES.join(', ')} can be fed`);
  return { name, type: type as NumberType, rank: shape.length, single: shape.length === 0 || shape[0] === 1 };
};

const imageTensor = (values: readonly InferenceSession.ValueMetadata[], wanted: string, kind: Kind): Tensor => {
  const found = tensor(values, wanted, kind);
  if (found.type === 'float32' && found.shape.length === 4) return found;
  throw badGraph(`the ${kind} "${wanted}" must be float32 of rank 4, but is ${found.type} [${found.shape}]`);
};

type Kind = 'input' | 'output';

const tensor = (values: readonly InferenceSession.ValueMetadata[], wanted: string, kind: Kind): Tensor => {
  const found = values.find(({ name }) => name === wanted);
  if (found?.isTensor) return found;
  const there = values.map(({ name }) => name).join(', ');
  throw badGraph(`the graph has no ${kind} "${wanted}"; it has: ${there}; say which is which with \`inputs\``);
};

/** Rows, height, width, channels; 0 for a size that is free. */
const fixedSizes = ({ shape }: Tensor, layout: ImageLayout): readonly number[] => {
  const [rows = 0, a = 0, b = 0, c = 0] = shape.map((size) => (typeof size === 'number' ? size : 0));
  return layout === 'nhwc' ? [rows, a, b, c] : [rows, b, c, a];
};

const badGraph = (message: string): CheckpointError => new CheckpointError('bad-graph', message);
