import { type Architecture, type Input, namedValue } from '../../networks/architecture.ts';
import type { NetOps } from '../../networks/ops.ts';
import { gpuOps } from './gpuOps.ts';
import { type GraphBuilder, graphBuilder, type Real } from './graph.ts';
import { onnxOps } from './ops.ts';
import { ELEMENTS, type ElementType, type GraphPort, type Initializer } from './protos.ts';
import { type ConvRanges, measuringOps, quantisedOps } from './quantisedOps.ts';
import type { Value } from './value.ts';

/** For what a graph is made: its shapes are whole but for the number of images. */
export type GraphSizes = {
  /** Of maps; both divisible by the network's multiple. */
  readonly height?: number;
  readonly width?: number;
  /** How many tokens rows and their indices have. */
  readonly tokens?: number;
};

export type NetworkGraph = {
  readonly architecture: Architecture;
  readonly sizes: GraphSizes;
  /** Every parameter, by name and in PyTorch's layout; those of another type than `real` are converted when a session starts. */
  readonly weights: ReadonlyMap<string, Initializer>;
  /** Version of this package, for the file. */
  readonly version: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Whether a GPU is to run it, which wants other forms of some operations: see `gpuOps`. @defaultValue false */
  readonly isForGpu?: boolean;
  /** What it computes in; inputs and outputs are float32 in any case. @defaultValue 'float32' */
  readonly real?: Real;
  /**
   * For convolutions in whole numbers: the ranges of each, or `measure` for one more output, `ranges`, that has them for
   * every image: `[N, 4 * convolutions]`, least and largest number going in, least and largest coming out.
   * @defaultValue convolutions are computed as all else is
   */
  readonly convRanges?: 'measure' | readonly ConvRanges[];
  /** Other forms of the operations, for comparing them. */
  readonly ops?: (graph: GraphBuilder) => NetOps<Value>;
};

/**
 * An ONNX file of a network, its inputs and outputs under the names of the architecture: maps float32 `[N, H, W, C]`,
 * rows float32 `[N, L, C]`, numbers float32 `[N]`, indices int64 `[N]` or `[N, L]`. N is open.
 *
 * @throws CheckpointError `bad-config` where norm groups or attention heads do not fit the channels.
 */
export const networkGraph = ({
  architecture,
  sizes,
  weights,
  version,
  metadata = {},
  isForGpu = false,
  real = 'float32',
  convRanges,
  ops = isForGpu ? gpuOps : onnxOps,
}: NetworkGraph) => {
  const graph = graphBuilder(real);
  const measuring = convRanges === 'measure' ? measuringOps(graph) : undefined;
  const used = measuring?.ops ?? (typeof convRanges === 'object' ? quantisedOps(graph, convRanges) : ops(graph));
  const network = architecture.build(used, (name) => parameter(graph, name, weights.get(name)));
  const ports = Object.entries(architecture.inputs).map(([name, input]) => portOf(name, input, sizes));
  const results = network(Object.fromEntries(ports.map((port) => [port.name, valueFrom(graph, port)])));
  const outputs = architecture.outputs.map((name) => give(graph, name, namedValue(results, name)));
  if (measuring) outputs.push(give(graph, 'ranges', measuring.ranges()));
  return graph.encode({ inputs: ports, outputs, version, metadata });
};

const portOf = (name: string, input: Input, { height = 0, width = 0, tokens = 0 }: GraphSizes): GraphPort => {
  if (input.kind === 'map') return { name, type: 'float32', shape: ['N', height, width, input.channels] };
  if (input.kind === 'rows') return { name, type: 'float32', shape: ['N', tokens, input.channels] };
  if (input.kind === 'indices') return { name, type: 'int64', shape: ['N', tokens] };
  return { name, type: input.kind === 'index' ? 'int64' : 'float32', shape: ['N'] };
};

/** An input as the operations want it: maps with their channels first. */
const valueFrom = (graph: GraphBuilder, { name, shape: [, ...shape] }: GraphPort): Value => {
  const sizes = shape as number[];
  const [height = 0, width = 0, channels = 0] = sizes;
  if (sizes.length < 2) return { name, shape: sizes };
  const real = converted(graph, name, graph.real, 'float32');
  if (sizes.length < 3) return { name: real, shape: sizes };
  return { name: graph.node('Transpose', [real], { perm: { ints: [0, 3, 1, 2] } }), shape: [channels, height, width] };
};

/** A value in another type, where it is another one. */
const converted = ({ node }: GraphBuilder, value: string, to: Real, from: ElementType): string =>
  to === from ? value : node('Cast', [value], { to: { int: ELEMENTS[to] } });

const give = (graph: GraphBuilder, name: string, { name: value, shape }: Value): GraphPort => {
  const [channels = 0, height = 0, width = 0] = shape;
  const isMap = shape.length === 3;
  const wide = converted(graph, value, 'float32', graph.real);
  graph.output(name, isMap ? graph.node('Transpose', [wide], { perm: { ints: [0, 2, 3, 1] } }) : wide);
  return { name, type: 'float32', shape: ['N', ...(isMap ? [height, width, channels] : shape)] };
};

const parameter = (graph: GraphBuilder, name: string, weight: Initializer | undefined): Value => {
  if (weight === undefined) throw new Error(`no weight ${name}: match weights before a graph is written`);
  const { type, shape } = weight;
  const stored = graph.initializer(name, weight);
  return { name: converted(graph, stored, graph.real, type), shape };
};
