import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../engines/tfjs/network.ts';
import type { NetworkRunner } from '../../models/networkRunner.ts';
import type { Feed, SessionFeeds, SessionOutput } from '../sessions/feeds.ts';
import type { SessionPool } from '../sessions/sessionPool.ts';

/**
 * Runs a network in the sessions of a pool, which it owns. Tensors are read and made in the main thread.
 *
 * @param names of the outputs, in the graph's order. @defaultValue those of the graph
 */
export const onnxRunner = (pool: SessionPool, names: readonly string[] = pool.facts.outputs): NetworkRunner => ({
  engine: 'onnx',
  get device() {
    return pool.stats().device;
  },
  run(inputs) {
    const data = Object.values(inputs).map((tensor) => tensor.dataSync());
    return toTensors(pool.run(feedsOf(shapesOf(inputs), data)), names);
  },
  async runAsync(inputs) {
    const shapes = shapesOf(inputs); // whoever calls may dispose of them meanwhile
    const data = await Promise.all(Object.values(inputs).map((tensor) => tensor.data()));
    return toTensors(await pool.runAsync(feedsOf(shapes, data)), names);
  },
  dispose() {
    void pool.dispose();
  },
});

type Shapes = readonly (readonly [name: string, shape: readonly number[]])[];

const shapesOf = (inputs: NamedTensors): Shapes => Object.entries(inputs).map(([name, { shape }]) => [name, shape]);

const feedsOf = (shapes: Shapes, data: readonly ArrayLike<number>[]): SessionFeeds => {
  const inputs: Record<string, Feed> = {};
  for (const [n, [name, shape]] of shapes.entries()) inputs[name] = { data: data[n] ?? [], shape: shape.slice(1) };
  return { rows: shapes[0]?.[1][0] ?? 0, inputs };
};

const toTensors = (outputs: readonly SessionOutput[], names: readonly string[]): NamedTensors =>
  Object.fromEntries(outputs.map(({ data, shape }, n) => [names[n] ?? n, tf.tensor(data, [...shape])]));
