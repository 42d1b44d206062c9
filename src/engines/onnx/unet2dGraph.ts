import type { NetOps } from '../../networks/ops.ts';
import { unet2d } from '../../networks/unet2d.ts';
import type { UNet2DConfig } from '../../networks/unet2dConfig.ts';
import { type GraphBuilder, graphBuilder } from './graph.ts';
import { onnxOps } from './ops.ts';
import { ELEMENTS, type GraphPort, type Initializer } from './protos.ts';
import type { Value } from './value.ts';

/** The names under which every graph of this package takes images, timesteps and labels and gives the output. */
export const PORTS = { images: 'x', timesteps: 'timesteps', labels: 'labels', output: 'output' } as const;

export type UNet2DGraph = {
  readonly config: UNet2DConfig;
  /** Height and width of the images; both divisible by `sizeMultiple(config)`. */
  readonly size: readonly [height: number, width: number];
  /** Every parameter, by name and in PyTorch's layout; those of half precision are widened when a session starts. */
  readonly weights: ReadonlyMap<string, Initializer>;
  /** Version of this package, for the file. */
  readonly version: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Other forms of the operations, for comparing them. */
  readonly ops?: (graph: GraphBuilder) => NetOps<Value>;
};

/**
 * An ONNX file of a `UNet2DModel`: inputs `x` float32 `[N, H, W, inChannels]`, `timesteps` float32 `[N]` and, for a class
 * conditional network, `labels` int64 `[N]`; output `output` float32 `[N, H, W, outChannels]`. N is open.
 *
 * @throws CheckpointError `bad-config` where norm groups or attention heads do not fit the channels.
 */
export const unet2dGraph = ({ config, size, weights, version, metadata = {}, ops = onnxOps }: UNet2DGraph) => {
  const graph = graphBuilder();
  const network = unet2d(ops(graph), (name) => parameter(graph, name, weights.get(name)), config);
  const images = graph.node('Transpose', [PORTS.images], { perm: { ints: [0, 3, 1, 2] } });
  const vectors = [PORTS.timesteps, ...(config.classEmbedding ? [PORTS.labels] : [])];
  const [timesteps, labels] = vectors.map((name): Value => ({ name, shape: [] })) as [Value, Value?];
  const result = network({ name: images, shape: [config.inChannels, ...size] }, timesteps, labels);
  graph.output(PORTS.output, graph.node('Transpose', [result.name], { perm: { ints: [0, 2, 3, 1] } }));
  const inputs: GraphPort[] = [
    { name: PORTS.images, type: 'float32', shape: ['N', ...size, config.inChannels] },
    { name: PORTS.timesteps, type: 'float32', shape: ['N'] },
    ...(labels ? [{ name: PORTS.labels, type: 'int64', shape: ['N'] } as const] : []),
  ];
  const output: GraphPort = { name: PORTS.output, type: 'float32', shape: ['N', ...size, config.outChannels] };
  return graph.encode({ inputs, outputs: [output], version, metadata });
};

const parameter = (graph: GraphBuilder, name: string, weight: Initializer | undefined): Value => {
  if (weight === undefined) throw new Error(`no weight ${name}: match weights before a graph is written`);
  const { type, shape } = weight;
  const stored = graph.initializer(name, weight);
  if (type === 'float32') return { name: stored, shape };
  return { name: graph.node('Cast', [stored], { to: { int: ELEMENTS.float32 } }), shape };
};
