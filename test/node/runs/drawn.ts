import * as tf from '@tensorflow/tfjs-core';
import type { FormatName } from '../../../src/node/runs/format.ts';
import type { RunAugment } from '../../../src/node/runs/planRun.ts';
import type { VariantRecord } from '../../../src/returns/record.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../../src/transforms/boomerang/options.ts';
import { saidWhile, toldWhile } from '../../support/said.ts';
import { elementOf, type Pictures, pictures } from './madeRun.ts';

export const CLASSES = ['ant', 'bee'];
export const grey = pictures(6, [4, 4, 1], CLASSES);
export const WAY = { seed: 'r', strength: 0.5, steps: 2 };

/** Tensors as plain numbers. */
export const bytesOf = (element: unknown): unknown =>
  element instanceof tf.Tensor
    ? { dtype: element.dtype, shape: element.shape, values: [...element.dataSync()] }
    : Object.fromEntries(Object.entries(element as object).map(([name, value]) => [name, bytesOf(value)]));

/** A run of a way, two variants in shards of two images. */
export const runOf = (augment: Partial<RunAugment> = {}, format: FormatName = 'webdataset') =>
  ({ augment: { ...WAY, ...augment }, variants: 2, shardImages: 2, format }) as const;

/** Epochs of an augmenter, and what they took. */
export const epochs = async (given: Pictures, options: AugmentOptions) => {
  const made: unknown[] = [];
  const records: VariantRecord[] = [];
  let evaluations = 0;
  const run = (): void => {
    const augment = boomerangAugment({ ...options, onVariant: (record) => records.push(record) });
    for (const epoch of [0, 1, 2]) {
      augment.setEpoch(epoch);
      const element = elementOf(given);
      const changed = augment(element);
      made.push(bytesOf(changed));
      tf.dispose([element, changed]);
    }
    evaluations = augment.stats().evaluations;
  };
  await toldWhile(() => saidWhile(run));
  return { made, evaluations, records };
};
