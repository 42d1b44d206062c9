import { createRequire } from 'node:module';
import type * as Onnx from 'onnxruntime-node';
import type { SessionFeeds } from '../../src/node/sessions/feeds.ts';

const onnx = createRequire(import.meta.url)('onnxruntime-node') as typeof Onnx;

/** Feeds with other pixels, timesteps and labels in every row; `seed` makes others. */
export const someFeeds = (rows: number, seed = 0, size = 8): SessionFeeds => ({
  x: Float32Array.from({ length: rows * size * size }, (_, n) => Math.sin(n * 0.7 + seed)),
  shape: [rows, size, size, 1],
  timesteps: Array.from({ length: rows }, (_, n) => 100 * seed + 10 * n + 0.5),
  labels: Array.from({ length: rows }, (_, n) => (seed + n) % 10),
});

/** What the graph answers in this thread, one row at a time. */
export const rowByRow = async (graph: string, { x, shape, timesteps, labels }: SessionFeeds): Promise<number[]> => {
  const session = await onnx.InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const [rows, ...sizes] = shape;
  const size = x.length / rows;
  const results: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const { output } = await session.run({
      x: new onnx.Tensor('float32', x.slice(row * size, (row + 1) * size), [1, ...sizes]),
      timesteps: new onnx.Tensor('float32', [timesteps[row] as number], [1]),
      ...(labels ? { labels: new onnx.Tensor('int64', [BigInt(labels[row] as number)], [1]) } : {}),
    });
    for (const value of (output as Onnx.Tensor).data as Float32Array) results.push(value);
  }
  await session.release();
  return results;
};
