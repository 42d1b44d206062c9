import * as tf from '@tensorflow/tfjs-core';
import type { LabelSpace, Model } from '../models/model.ts';
import { walk } from '../solvers/index.ts';
import { imageNoise } from '../tensors/noise.ts';
import type { Asking } from './asking.ts';
import { planReturn } from './plan.ts';

export type DreamOptions = {
  readonly count: number;
  /** Evaluations of the network. */
  readonly steps: number;
  readonly seed: string | number;
};

/**
 * What the model makes of noise alone, where the walk is: a walk over all noise levels, by DDIM. A model with classes is
 * asked for all of them, as evenly as it goes.
 *
 * @returns `[count, h, w, c]` of the `latentShape`, not clipped, owned by the caller.
 * @throws ArgumentError `bad-model`. NumericError `not-finite`.
 */
export function* dream(model: Model, { count, steps, seed }: DreamOptions): Asking<tf.Tensor4D> {
  const { legs, solver, sigma } = planReturn(model, { strength: 1, solver: 'ddim', steps });
  const keys = Array.from({ length: count }, (_, n) => n);
  const condition = model.labels && labelsFor(model.labels, count);
  const x = tf.tidy(() => {
    const noise = imageNoise(
      keys.map((n) => [seed, 'dream', n]),
      model.latentShape,
    );
    return tf.mul<tf.Tensor4D>(noise, Math.hypot(sigma, 1));
  });
  const stages = walk({ x, legs, solver, clip: model.scheduler.clip });
  try {
    let next = stages.next();
    while (!next.done) {
      next = stages.next(
        (yield { model, evaluate: next.value, keys, ...(condition ? { condition } : {}) }) as tf.Tensor4D,
      );
    }
    return next.value;
  } finally {
    stages.return(x); // after a failure: lets the walk free what it holds
    x.dispose();
  }
}

const labelsFor = ({ count: labels, nullLabel = 0 }: LabelSpace, count: number): number[] =>
  Array.from({ length: count }, (_, n) => (Number.isFinite(labels) ? Math.floor((n * labels) / count) : nullLabel));
