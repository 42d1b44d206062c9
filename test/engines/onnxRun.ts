import { createRequire } from 'node:module';
import type * as Onnx from 'onnxruntime-node';
import { type GraphSizes, networkGraph } from '../../src/engines/onnx/networkGraph.ts';
import type { Initializer } from '../../src/engines/onnx/protos.ts';
import type { Weight } from '../../src/engines/tfjs/parameters.ts';
import type { Architecture } from '../../src/networks/architecture.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import type { UNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { requireOnnxRuntime } from '../../src/node/sessions/onnxRuntime.ts';

const { InferenceSession, Tensor }: typeof Onnx = createRequire(import.meta.url)(requireOnnxRuntime().entry);

/** `webgpu`, or `webgpu-half` to compute in half precision: what runs graphs instead of the processor, in a run of tests by itself. */
const DEVICE = process.env['BOOMERANG_TEST_DEVICE'] ?? '';

/** How far engines may be apart, as a share of the largest output: what was agreed, or 1e-3 on a GPU. */
export const apart = (agreed: number): number =>
  DEVICE === '' ? agreed : Math.max(agreed, DEVICE === 'webgpu' ? 1e-3 : 2e-2);

export type Feeds = {
  /** `[N, H, W, C]`. */
  readonly x: Float32Array;
  readonly shape: readonly number[];
  readonly timesteps: readonly number[];
  readonly labels?: readonly number[] | undefined;
};

/** Weights as constants inside of a graph. */
export const inline = (weights: ReadonlyMap<string, Weight>): Map<string, Initializer> =>
  new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { type: 'float32', shape, data: new Uint8Array(Float32Array.from(data).buffer) },
    ]),
  );

type Outputs = Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>;

/** One evaluation of a graph in this thread, by two threads of ONNX Runtime; arrays of BigInt stand for integers. */
export const evaluateGraph = async (
  graph: Uint8Array | string,
  inputs: Readonly<Record<string, { data: Float32Array | BigInt64Array; shape: readonly number[] }>>,
): Promise<Outputs> => {
  const executionProviders = DEVICE === '' ? {} : { executionProviders: ['webgpu'] };
  const options = { intraOpNumThreads: 2, logSeverityLevel: 3, ...executionProviders } as const;
  const session = await (typeof graph === 'string'
    ? InferenceSession.create(graph, options)
    : InferenceSession.create(graph, options));
  try {
    const fed = Object.entries(inputs).map(([name, { data, shape }]) => {
      const tensor =
        data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int64', data, shape);
      return [name, tensor] as const;
    });
    const given = Object.entries(await session.run(Object.fromEntries(fed)));
    return Object.fromEntries(
      given.map(([name, { data, dims }]) => [name, { data: data as Float32Array, shape: dims }]),
    );
  } finally {
    await session.release();
  }
};

/** One evaluation of a graph of noisy images. */
export const evaluate = async (graph: Uint8Array | string, { x, shape, timesteps, labels }: Feeds) => {
  const { output } = await evaluateGraph(graph, {
    x: { data: x, shape },
    timesteps: { data: Float32Array.from(timesteps), shape: [timesteps.length] },
    ...(labels ? { labels: { data: BigInt64Array.from(labels, BigInt), shape: [labels.length] } } : {}),
  });
  if (output === undefined) throw new Error('the graph has no output called output');
  return output;
};

/** The graph of a network whose weights are in memory. */
export const graphOf = (
  architecture: Architecture,
  weights: ReadonlyMap<string, Weight>,
  sizes: GraphSizes,
): Uint8Array => {
  const forGpu = { isForGpu: true, real: DEVICE === 'webgpu' ? 'float32' : 'float16' } as const;
  return networkGraph({
    architecture,
    sizes,
    weights: inline(weights),
    version: '0',
    ...(DEVICE === '' ? {} : forGpu),
  });
};

/** One evaluation of a network of noisy images whose weights are in memory. */
export const evaluateNetwork = (config: UNet2DConfig, weights: ReadonlyMap<string, Weight>, feeds: Feeds) => {
  const [, height = 0, width = 0] = feeds.shape;
  return evaluate(graphOf(unet2d(config), weights, { height, width }), feeds);
};
