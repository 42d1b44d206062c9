import { createRequire } from 'node:module';
import { expect } from 'chai';
import type * as Onnx from 'onnxruntime-node';
import type { Feed, SessionFeeds, SessionOutput } from '../../src/node/sessions/feeds.ts';

const onnx = createRequire(import.meta.url)('onnxruntime-node') as typeof Onnx;

type Labelled = SessionFeeds & {
  readonly inputs: { readonly x: Feed; readonly timesteps: Feed; readonly labels: Feed };
};

/** Feeds with other pixels, timesteps and labels in every row; `seed` makes others. */
export const someFeeds = (rows: number, seed = 0, size = 8): Labelled => ({
  rows,
  inputs: {
    x: { data: waves(rows, [size, size, 1], seed), shape: [size, size, 1] },
    timesteps: { data: Array.from({ length: rows }, (_, n) => 100 * seed + 10 * n + 0.5), shape: [] },
    labels: { data: Array.from({ length: rows }, (_, n) => (seed + n) % 10), shape: [] },
  },
});

export const unlabelled = (rows: number, seed = 0): SessionFeeds => {
  const { labels: _, ...inputs } = someFeeds(rows, seed).inputs;
  return { rows, inputs };
};

/** Values that differ in every row. */
export const waves = (rows: number, shape: readonly number[], seed = 0): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, rows) }, (_, n) => Math.sin(n * 0.7 + seed));

/** The values of an answer that has one output. */
export const only = (outputs: readonly SessionOutput[]): Float32Array => {
  expect(outputs).to.have.length(1);
  return (outputs[0] as SessionOutput).data;
};

/** What the graph answers in this thread, one row at a time. */
export const rowByRow = async (graph: string, { rows, inputs }: SessionFeeds, output = 'output'): Promise<number[]> => {
  const session = await onnx.InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const results: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const feeds = Object.entries(inputs).map(([name, { data, shape }]) => {
      const size = data.length / rows;
      const values = Array.from(data).slice(row * size, (row + 1) * size);
      const metadata = session.inputMetadata.find((input) => input.name === name);
      return [name, tensorOf(metadata?.isTensor ? metadata.type : '', values, [1, ...shape])] as const;
    });
    const answer = await session.run(Object.fromEntries(feeds), [output]);
    for (const value of (answer[output] as Onnx.Tensor).data as Float32Array) results.push(value);
  }
  await session.release();
  return results;
};

const tensorOf = (type: string, values: readonly number[], dims: readonly number[]): Onnx.Tensor =>
  type === 'int64'
    ? new onnx.Tensor('int64', BigInt64Array.from(values, BigInt), dims)
    : new onnx.Tensor('float32', Float32Array.from(values), dims);
