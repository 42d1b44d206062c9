import * as tf from '@tensorflow/tfjs-core';
import type { Weight } from '../engines/tfjs/parameters.ts';
import type { Architecture } from '../networks/architecture.ts';
import { parameterShapes } from '../networks/parameterShapes.ts';
import { initialWeights } from './initialWeights.ts';
import type { Settings } from './settings.ts';
import type { TrainingData } from './trainingData.ts';

/** All that one step of training looks at: tensors and lists with an entry for every image. */
export type Batch = { readonly clean: tf.Tensor4D } & Readonly<
  Record<string, tf.Tensor | readonly number[] | undefined>
>;

/** What is learned: which networks, from what, and what counts as a mistake. */
export type Lesson<B extends Batch = Batch> = {
  /** Learned together; their parameters have names of their own. */
  readonly architectures: readonly Architecture[];
  /** The batch of a step, from 0 on, which decides every number in it; call it in a tidy. */
  draw(step: number): B;
  /** The mean over a batch, which is left alone; differentiable by the parameters. */
  loss(parameters: ReadonlyMap<string, tf.Tensor>, batch: B): tf.Scalar;
};

/** A training, checked. */
export type Run = {
  readonly images: TrainingData;
  readonly lesson: Lesson;
  readonly settings: Settings;
  /** The share of the run that is done. */
  readonly progress: (done: number, elapsedMs: number) => number;
};

/** Names and shapes of all that is learned. */
export const lessonShapes = ({ architectures }: Lesson): Map<string, readonly number[]> =>
  new Map(architectures.flatMap((architecture) => [...parameterShapes(architecture)]));

/** Random weights to begin with. */
export const lessonWeights = ({ architectures }: Lesson, seed: string | number): Map<string, Weight> =>
  new Map(architectures.flatMap((architecture) => [...initialWeights(architecture, seed)]));

/** The batch of a step, from 0 on; tensors owned by the caller. */
export const batchOf = ({ lesson }: Run, step: number): Batch =>
  tf.tidy(() => lesson.draw(step) as Batch & tf.TensorContainerObject);

export const disposeBatch = (batch: Batch): void => tf.dispose(batch as tf.TensorContainerObject);

/** How many images there are in a batch. */
export const sizeOf = ({ clean }: Batch): number => clean.shape[0];

/** Some images of a batch; call it in a tidy. */
export const imagesOf = <B extends Batch>(batch: B, start: number, most: number): B => {
  const size = Math.min(most, sizeOf(batch) - start);
  const part = (value: Batch[string]): Batch[string] =>
    value instanceof tf.Tensor
      ? tf.slice(value, [start, ...value.shape.slice(1).fill(0)], [size, ...value.shape.slice(1)])
      : value?.slice(start, start + size);
  return Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, part(value)])) as unknown as B;
};

/**
 * The loss of a lesson on a batch, with its gradients.
 *
 * @param parameters by name.
 * @returns the loss, and gradients in the order of the parameters; all owned by the caller.
 */
export const lessonGradients = (
  { loss }: Pick<Lesson, 'loss'>,
  parameters: ReadonlyMap<string, tf.Tensor>,
  batch: Batch,
): { readonly loss: tf.Scalar; readonly gradients: readonly tf.Tensor[] } => {
  const names = [...parameters.keys()];
  const lossOf = (...values: tf.Tensor[]): tf.Scalar =>
    loss(new Map(names.map((name, n) => [name, values[n] as tf.Tensor])), batch);
  const { value, grads } = tf.valueAndGrads(lossOf)([...parameters.values()]);
  return { loss: value as tf.Scalar, gradients: grads };
};
