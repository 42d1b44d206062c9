import { createRequire } from 'node:module';
import type * as Onnx from 'onnxruntime-node';
import type { Initializer } from '../../src/engines/onnx/protos.ts';
import { unet2dGraph } from '../../src/engines/onnx/unet2dGraph.ts';
import type { Weight } from '../../src/engines/tfjs/parameters.ts';
import type { UNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { requireOnnxRuntime } from '../../src/node/sessions/onnxRuntime.ts';

const { InferenceSession, Tensor }: typeof Onnx = createRequire(import.meta.url)(requireOnnxRuntime().entry);

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

/** One evaluation of a graph in this thread, by two threads of ONNX Runtime. */
export const evaluate = async (
  graph: Uint8Array | string,
  { x, shape, timesteps, labels }: Feeds,
): Promise<{ data: Float32Array; shape: readonly number[] }> => {
  const options = { intraOpNumThreads: 2, logSeverityLevel: 3 } as const;
  const session = await (typeof graph === 'string'
    ? InferenceSession.create(graph, options)
    : InferenceSession.create(graph, options));
  try {
    const { output } = await session.run({
      x: new Tensor('float32', x, shape),
      timesteps: new Tensor('float32', Float32Array.from(timesteps), [timesteps.length]),
      ...(labels ? { labels: new Tensor('int64', BigInt64Array.from(labels, BigInt), [labels.length]) } : {}),
    });
    if (output === undefined) throw new Error('the graph has no output called output');
    return { data: output.data as Float32Array, shape: output.dims };
  } finally {
    await session.release();
  }
};

/** One evaluation of a network whose weights are in memory. */
export const evaluateNetwork = (config: UNet2DConfig, weights: ReadonlyMap<string, Weight>, feeds: Feeds) => {
  const [, height = 0, width = 0] = feeds.shape;
  return evaluate(unet2dGraph({ config, size: [height, width], weights: inline(weights), version: '0' }), feeds);
};
