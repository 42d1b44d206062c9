import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';

/** What the process holds, in MB, and how many tensors. */
export type Holding = {
  readonly tensors: number;
  readonly heap: number;
  readonly arrays: number;
  readonly rss: number;
};

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What is held once everything that nobody can reach is gone. */
export const holding = async (): Promise<Holding> => {
  for (let pass = 0; pass < 2; pass += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20)); // finalizers run between tasks
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const mb = (bytes: number): number => bytes / 2 ** 20;
  return { tensors: tf.memory().numTensors, heap: mb(heapUsed), arrays: mb(arrayBuffers), rss: mb(rss) };
};

export const growthOf = (before: Holding, after: Holding): Holding => ({
  tensors: after.tensors - before.tensors,
  heap: after.heap - before.heap,
  arrays: after.arrays - before.arrays,
  rss: after.rss - before.rss,
});
