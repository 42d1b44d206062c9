import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageSet, Transform } from 'tfjs-boomerang';
import { makeTransform } from '../../src/transforms/makeTransform.ts';
import { type Batch, imagesAt, isExtra, placeOf } from './batches.ts';
import type { TeacherSettings } from './settings.ts';

/** Labels extra draws while a classifier trains: the moving average of that classifier. */
export type Teacher = {
  /** Replaces the labels of extra draws. */
  readonly transform: Transform<TeacherCounts>;
  /** After every step. */
  follow(classifier: LayersModel): void;
  dispose(): void;
};

/** Extra draws so far, and those that it was sure of. */
export type TeacherCounts = { readonly judged: number; readonly used: number };

export type TeacherOptions = TeacherSettings & {
  readonly images: ImageSet;
  readonly sees: 'draw' | 'image';
};

/** @param average of the same form as the classifier; owned by the teacher. */
export const makeTeacher = (average: LayersModel, options: TeacherOptions): Teacher => {
  const counts = { judged: 0, used: 0 };
  const relabel = (batch: Batch): Batch => {
    const extras = batch.keys.flatMap((key, n) => (isExtra(key) ? [n] : []));
    if (extras.length === 0) return batch;
    const answers = ask(average, seenBy(options, batch, extras));
    const rows = batch.ys.arraySync();
    for (const [n, place] of extras.entries()) {
      const label = labelOf(answers[n] as number[], rows[place] as number[], options);
      rows[place] = label;
      counts.judged += 1;
      counts.used += label.some((share) => share > 0) ? 1 : 0;
    }
    return { ...batch, ys: tf.tensor2d(rows) };
  };
  let steps = 0;
  return {
    transform: makeTransform<TeacherCounts>({
      kind: 'teacher',
      naming: {},
      keepsImages: false,
      // biome-ignore lint/correctness/useYield: it never has to wait
      *change(element, { names = [] }) {
        return { element: relabel(element as unknown as Batch) as never, names };
      },
      stats: () => ({ ...counts }),
      state: () => ({}),
      restore: () => undefined,
    }),
    follow(classifier) {
      const stays = Math.min(options.decay, (1 + steps) / (10 + steps)); // an average of few weights is to forget the first
      steps += 1;
      follow(average, classifier, stays);
    },
    dispose: () => void average.dispose(),
  };
};

const follow = (average: LayersModel, classifier: LayersModel, stays: number): void =>
  tf.tidy(() => {
    for (const [n, weight] of average.weights.entries()) {
      const now = (classifier.weights[n] as typeof weight).read();
      weight.write(tf.add(tf.mul(weight.read(), stays), tf.mul(now, 1 - stays)));
    }
  });

const seenBy = ({ sees, images }: TeacherOptions, { xs, keys }: Batch, extras: readonly number[]): tf.Tensor4D => {
  if (sees === 'draw') return tf.tidy(() => tf.gather(xs, tf.tensor1d([...extras], 'int32')));
  return imagesAt(
    images,
    extras.map((n) => placeOf(keys[n] as string)),
  );
};

/** @param images disposed. */
const ask = (average: LayersModel, images: tf.Tensor4D): number[][] => {
  const answer = tf.tidy(() => average.predictOnBatch(images) as tf.Tensor2D);
  const rows = answer.arraySync();
  tf.dispose([images, answer]);
  return rows;
};

/** The label of an extra draw: one that sums to 0 has no loss. */
const labelOf = (answer: readonly number[], own: readonly number[], options: TeacherSettings): number[] => {
  const surest = Math.max(...answer);
  const likeliest = answer.indexOf(surest);
  const isOwn = own[likeliest] === Math.max(...own);
  if (surest < options.threshold || (options.agrees && !isOwn)) return answer.map(() => 0);
  if (options.agrees) return [...own];
  return options.hard ? answer.map((_, n) => (n === likeliest ? 1 : 0)) : [...answer];
};
