import * as tf from '@tensorflow/tfjs-core';
import { adamWStep, type Update } from './adamW.ts';
import { breathe } from './breathe.ts';
import { refuseDiverged } from './diverged.ts';
import { type Batch, imagesOf, type Lesson, lessonGradients, sizeOf } from './lesson.ts';
import type { Settings } from './settings.ts';
import { parametersOf, type Trained } from './trained.ts';

export type StepOptions = {
  readonly lesson: Lesson;
  readonly settings: Settings;
  /** Steps done before this one. */
  readonly step: number;
  readonly learningRate: number;
  /** So many images go through the network at a time. */
  readonly microBatch: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * One step on a batch, which is left alone.
 *
 * @returns the loss before it; undefined where it was ended by the signal, and then nothing has changed.
 * @throws ArgumentError `diverged`, and then nothing has changed either.
 */
export const learn = async (trained: Trained, batch: Batch, options: StepOptions): Promise<number | undefined> => {
  const slope = await batchGradients(trained, batch, options);
  if (slope === undefined) return undefined;
  const { settings, step, learningRate } = options;
  let update: Update | undefined;
  try {
    update = adamWStep(trained, slope.gradients, { ...settings, learningRate, step: step + 1 });
    const [loss, norm, rest] = await figuresOf([slope.loss, update.norm, update.rest]);
    refuseDiverged({ step: step + 1, loss, norm, learningRate }, rest);
    assign(trained, update);
    return loss;
  } finally {
    tf.dispose([slope.loss, ...slope.gradients]);
    if (update) tf.dispose([update.norm, update.rest, ...Object.values(update.rows)]);
  }
};

const assign = ({ rows }: Trained, update: Update): void => {
  for (const part of Object.keys(rows) as (keyof typeof rows)[]) rows[part].assign(update.rows[part]);
};

/** All of them in one reading. */
const figuresOf = async (scalars: readonly tf.Scalar[]): Promise<readonly [number, number, number]> => {
  const together = tf.stack([...scalars]);
  try {
    return (await together.data()) as unknown as readonly [number, number, number];
  } finally {
    together.dispose();
  }
};

type Slope = { readonly loss: tf.Scalar; readonly gradients: tf.Tensor[] };

/**
 * The mean loss of a batch and its gradients, summed over parts that fit into memory.
 *
 * @returns tensors owned by the caller; undefined where the signal ended it.
 */
export const batchGradients = async (
  trained: Trained,
  batch: Batch,
  { lesson, microBatch, signal }: Pick<StepOptions, 'lesson' | 'microBatch' | 'signal'>,
): Promise<Slope | undefined> => {
  const size = sizeOf(batch);
  let sum: Slope | undefined;
  try {
    for (let start = 0; start < size; start += microBatch) {
      await breathe();
      if (signal?.aborted) {
        tf.dispose(sum ?? []);
        return undefined;
      }
      const next = withPart(sum, trained, () => imagesOf(batch, start, microBatch), { lesson, size });
      tf.dispose(sum ?? []);
      sum = next;
    }
    return sum;
  } catch (error) {
    tf.dispose(sum ?? []);
    throw error;
  }
};

/** The sum and what a part of `size` images adds to it. */
const withPart = (
  sum: Slope | undefined,
  trained: Trained,
  part: () => Batch,
  { lesson, size }: { readonly lesson: Lesson; readonly size: number },
): Slope =>
  tf.tidy(() => {
    const images = part();
    const { loss, gradients } = lessonGradients(lesson, parametersOf(trained), images);
    const share = sizeOf(images) / size;
    if (share === 1) return { loss, gradients: [...gradients] };
    const added = (before: tf.Tensor | undefined, more: tf.Tensor): tf.Tensor =>
      before ? tf.add(before, tf.mul(more, share)) : tf.mul(more, share);
    return {
      loss: added(sum?.loss, loss) as tf.Scalar,
      gradients: gradients.map((gradient, n) => added(sum?.gradients[n], gradient)),
    };
  });
