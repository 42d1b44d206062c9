import * as tf from '@tensorflow/tfjs-core';
import type { ConvRanges } from '../../engines/onnx/quantisedOps.ts';
import type { Range } from '../../engines/onnx/wholeNumbers.ts';
import type { NamedTensors } from '../../engines/tfjs/network.ts';
import { makeModel } from '../../models/makeModel.ts';
import type { ModelFacts } from '../../models/model.ts';
import { denoiserRunner, type NetworkRunner, soleOutput } from '../../models/networkRunner.ts';
import { dream } from '../../returns/dream.ts';
import { driveAsync } from '../../returns/drive.ts';
import { tell } from '../../warn.ts';

/** The ranges of a network's convolutions. */
export type MeasuredRanges = {
  readonly ranges: readonly ConvRanges[];
  /** By how much what the network answers in int8 differs from float32, as a share of that, root mean squares. */
  readonly difference: number;
};

export type Measuring = {
  readonly facts: ModelFacts;
  /** Opens the denoiser: as a graph that gives `ranges` beside its output, or in whole numbers. */
  readonly open: (convRanges: 'measure' | readonly ConvRanges[]) => Promise<NetworkRunner>;
};

/** 16 images in 10 steps: more images, more steps, or photographs thrown to all levels make it no more accurate. */
export const DREAM = { count: 16, steps: 10, seed: 'ranges' } as const;

/**
 * Has a model make images of its own, and looks at the numbers in its convolutions; then at what whole numbers make of
 * some of it. Says that it does.
 *
 * @throws ArgumentError `bad-model`, `bad-precision`. NumericError `not-finite`. The errors of `open`.
 */
export const measureRanges = async ({ facts, open }: Measuring): Promise<MeasuredRanges> => {
  tell(
    `measuring for int8, once: the model makes ${DREAM.count} images of its own, in ${DREAM.steps} evaluations each`,
  );
  const seen: Seen = { ends: [], answers: [] };
  try {
    await use(await open('measure'), async (runner) => {
      const model = makeModel(facts, denoiserRunner(watched(runner, seen)));
      tf.dispose(await driveAsync(dream(model, DREAM)));
    });
    const ranges = rangesFrom(seen.ends.map((end) => Number(end.toPrecision(3)))); // equal on machines that round otherwise
    const difference = await use(await open(ranges), (runner) => differenceOf(runner, seen.answers));
    return { ranges, difference };
  } finally {
    for (const { inputs, output } of seen.answers) tf.dispose([...Object.values(inputs), output]);
  }
};

const use = async <T>(runner: NetworkRunner, work: (runner: NetworkRunner) => Promise<T>): Promise<T> => {
  try {
    return await work(runner);
  } finally {
    runner.dispose();
  }
};

type Seen = {
  /** Least and largest numbers by turns. */
  readonly ends: number[];
  /** What the network was asked for the first image of each call, and what it answered. */
  readonly answers: { readonly inputs: NamedTensors; readonly output: tf.Tensor }[];
};

/** A network whose `ranges` are looked at, and not handed on. */
const watched = (runner: NetworkRunner, { ends, answers }: Seen): NetworkRunner => ({
  ...runner,
  async runAsync(inputs) {
    const { ranges, ...outputs } = await runner.runAsync(inputs);
    const [rows = 0, width = 0] = ranges?.shape ?? [];
    const values = (await ranges?.data<'float32'>()) ?? new Float32Array();
    for (let row = 0; row < rows; row += 1) widen(ends, values.subarray(row * width, (row + 1) * width));
    ranges?.dispose();
    const first = Object.entries(inputs).map(([name, tensor]) => [name, tf.slice(tensor, 0, 1)] as const);
    answers.push({ inputs: Object.fromEntries(first), output: tf.slice(soleOutput(outputs), 0, 1) });
    return outputs;
  },
});

const differenceOf = async (runner: NetworkRunner, answers: Seen['answers']): Promise<number> => {
  let [error, whole] = [0, 0];
  for (const { inputs, output } of answers) {
    const outputs = await runner.runAsync(inputs);
    const [got, wanted] = [await soleOutput(outputs).data(), await output.data()];
    for (const [n, value] of wanted.entries()) {
      error += ((got[n] ?? Number.NaN) - value) ** 2;
      whole += value ** 2;
    }
    tf.dispose(outputs);
  }
  return Number(Math.sqrt(error / whole).toPrecision(3));
};

/** Least and largest numbers by turns. */
const widen = (ends: number[], row: Float32Array): void => {
  for (const [n, end] of row.entries()) ends[n] = (n % 2 === 0 ? Math.min : Math.max)(ends[n] ?? 0, end);
};

const rangesFrom = (ends: readonly number[]): readonly ConvRanges[] => {
  const range = (at: number): Range => [ends[at] ?? 0, ends[at + 1] ?? 0];
  return Array.from({ length: ends.length / 4 }, (_, n) => ({ input: range(4 * n), output: range(4 * n + 2) }));
};
