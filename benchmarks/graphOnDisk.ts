import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Onnx from 'onnxruntime-node';
import { type GraphSizes, networkGraph } from '../src/engines/onnx/networkGraph.ts';
import type { Initializer } from '../src/engines/onnx/protos.ts';
import type { Architecture, Input } from '../src/networks/architecture.ts';
import { requireOnnxRuntime } from '../src/node/sessions/onnxRuntime.ts';
import { fillGaussian } from '../src/random.ts';
import type { Form } from './onnxForm.ts';

const { InferenceSession, Tensor }: typeof Onnx = createRequire(import.meta.url)(requireOnnxRuntime().entry);

/** A network whose weights lie in a folder. */
export type NetworkOnDisk = {
  readonly folder: string;
  readonly architecture: Architecture;
  readonly sizes: Required<GraphSizes>;
  readonly weights: ReadonlyMap<string, Initializer>;
};

/** A session on one thread of a graph in some form, written beside the weights, which stay where they are. */
export const openSession = async (
  { folder, architecture, sizes, weights }: NetworkOnDisk,
  { ops, session = {} }: Form,
): Promise<Onnx.InferenceSession> => {
  const path = join(folder, 'graph.onnx');
  await writeFile(path, networkGraph({ architecture, sizes, weights, version: '0', ...(ops ? { ops } : {}) }));
  return InferenceSession.create(path, { intraOpNumThreads: 1, logSeverityLevel: 3, ...session });
};

export type Feeds = Readonly<Record<string, Onnx.Tensor>>;

/** Something to compute on. */
export const feedsOf = ({ architecture, sizes }: NetworkOnDisk, batch: number): Feeds =>
  Object.fromEntries(Object.entries(architecture.inputs).map(([name, input]) => [name, feed(input, sizes, batch)]));

const feed = (input: Input, { height, width, tokens }: Required<GraphSizes>, batch: number): Onnx.Tensor => {
  const noise = (shape: readonly number[]): Onnx.Tensor => {
    const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
    fillGaussian(['feeds', ...shape], data);
    return new Tensor('float32', data, shape);
  };
  if (input.kind === 'map') return noise([batch, height, width, input.channels]);
  if (input.kind === 'rows') return noise([batch, tokens, input.channels]);
  if (input.kind === 'number') return new Tensor('float32', new Float32Array(batch).fill(400), [batch]);
  const shape = input.kind === 'index' ? [batch] : [batch, tokens];
  return new Tensor('int64', new BigInt64Array(shape.reduce((a, b) => a * b)).fill(1n), shape);
};
