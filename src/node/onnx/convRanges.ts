import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { isObject } from '../../checkpoints/configFile.ts';
import type { ConvRanges } from '../../engines/onnx/quantisedOps.ts';
import type { Range } from '../../engines/onnx/wholeNumbers.ts';
import { makeModel } from '../../models/makeModel.ts';
import type { ModelFacts } from '../../models/model.ts';
import { denoiserRunner, type NetworkRunner } from '../../models/networkRunner.ts';
import { dream } from '../../returns/dream.ts';
import { driveAsync } from '../../returns/drive.ts';
import { tell } from '../../warn.ts';
import { version } from '../version.ts';
import { type GraphFolder, remember } from './graphFolder.ts';

/** The ranges of a network's convolutions, and what tells them from others. */
export type MeasuredRanges = {
  readonly ranges: readonly ConvRanges[];
  /** 8 hexadecimal digits. */
  readonly digest: string;
};

export type Measuring = {
  readonly facts: ModelFacts;
  readonly graphs: GraphFolder;
  /** Opens the denoiser as a graph that gives `ranges` beside its output. */
  readonly open: () => Promise<NetworkRunner>;
};

/** 16 images in 10 steps: more images, more steps, or photographs thrown to all levels make it no more accurate. */
const DREAM = { count: 16, steps: 10, seed: 'ranges' } as const;

/**
 * The ranges that the convolutions of a denoiser need at all noise levels: those seen while the model makes images of
 * its own from noise, for which no data is needed. They are measured once, and kept in the folder of its graphs.
 *
 * @throws ArgumentError `bad-model`. NumericError `not-finite`. EnvironmentError `no-cache-folder`, and those of `open`.
 */
export const convRanges = async ({ facts, graphs, open }: Measuring): Promise<MeasuredRanges> => {
  const name = `ranges-${digestOf([version, DREAM, facts.digest])}.json`;
  return remember(graphs, { name, parse, make: () => measure(facts, open) });
};

const measure = async (facts: ModelFacts, open: Measuring['open']): Promise<MeasuredRanges> => {
  tell(
    `measuring for int8, once: the model makes ${DREAM.count} images of its own, in ${DREAM.steps} evaluations each`,
  );
  const runner = await open();
  const ends: number[] = [];
  const model = makeModel(facts, denoiserRunner(watched(runner, (row) => widen(ends, row))));
  try {
    tf.dispose(await driveAsync(dream(model, DREAM)));
  } finally {
    model.dispose();
  }
  const ranges = rangesFrom(ends.map((end) => Number(end.toPrecision(3)))); // equal on machines that round otherwise
  return { ranges, digest: digestOf(ranges) };
};

/** A network whose `ranges` are looked at, and not handed on. */
const watched = (runner: NetworkRunner, look: (row: Float32Array) => void): NetworkRunner => ({
  ...runner,
  async runAsync(inputs) {
    const { ranges, ...outputs } = await runner.runAsync(inputs);
    const [rows = 0, width = 0] = ranges?.shape ?? [];
    const ends = (await ranges?.data<'float32'>()) ?? new Float32Array();
    for (let row = 0; row < rows; row += 1) look(ends.subarray(row * width, (row + 1) * width));
    ranges?.dispose();
    return outputs;
  },
});

/** Least and largest numbers by turns. */
const widen = (ends: number[], row: Float32Array): void => {
  for (const [n, end] of row.entries()) ends[n] = (n % 2 === 0 ? Math.min : Math.max)(ends[n] ?? 0, end);
};

const rangesFrom = (ends: readonly number[]): readonly ConvRanges[] => {
  const range = (at: number): Range => [ends[at] ?? 0, ends[at + 1] ?? 0];
  return Array.from({ length: ends.length / 4 }, (_, n) => ({ input: range(4 * n), output: range(4 * n + 2) }));
};

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

/** What was kept, if it is what was written. */
const parse = (kept: unknown): MeasuredRanges | undefined => {
  const isWhole = isObject(kept) && Array.isArray(kept['ranges']) && kept['digest'] === digestOf(kept['ranges']);
  return isWhole ? (kept as MeasuredRanges) : undefined;
};
