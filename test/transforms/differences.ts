import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../../src/models/model.ts';
import { ramp } from '../../src/schedules/schedules.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { gaussianModel } from '../support/gaussianModel.ts';

/** Images of these tests. */
export const COUNT = 8;

/** The exact model with classes: each class is another spread, so that a return to one differs from a return to none. */
const classModel = (digest = 'classes', spreads = [0.2, 0.6, 0.35]): Model => {
  const models = spreads.map((spread) => gaussianModel([4, 4, 1], spread));
  const first = models[0] as Model;
  const predict: Model['predict'] = (x, timesteps, labels) =>
    tf.tidy(() => {
      const own = labels === undefined ? new Array<number>(x.shape[0]).fill(2) : Array.from(labels as number[]);
      const rows = own.map((label, n) => {
        const at = typeof timesteps === 'number' ? timesteps : ((timesteps as number[])[n] as number);
        const row: tf.Tensor4D = tf.slice(x, [n, 0, 0, 0], [1, 4, 4, 1]);
        return (models[label] as Model).predict(row, at);
      });
      return tf.concat(rows);
    });
  const labels = { count: 3, nullLabel: 2 };
  return { ...first, digest, labels, predict, predictAsync: async (...asked) => predict(...asked) };
};

export const model = classModel();
const dark = (images: tf.Tensor4D): tf.Tensor =>
  tf.tidy(() => tf.softmax(tf.stack([tf.mul(tf.mean(images, [1, 2, 3]), -30), tf.zeros([images.shape[0]])], 1)));
const bright = (images: tf.Tensor4D): tf.Tensor =>
  tf.tidy(() =>
    tf.softmax(
      tf.stack([tf.mul(tf.mean(images, [1, 2, 3]), 0), tf.mul(tf.sub(tf.mean(images, [1, 2, 3]), 0.45), 60)], 1),
    ),
  );

export const base: AugmentOptions = {
  model,
  seed: 'a',
  strength: 0.5,
  steps: 3,
  eta: 1,
  labels: 'ys',
  epochs: 4,
  tries: 2,
};

/** For each option: what two augmenters differ in, and what both have beside the base. */
export const differences: Record<string, { two: [object, object]; both?: object; hasText?: true }> = {
  model: { two: [{ model }, { model: classModel('others', [0.1, 0.5, 0.3]) }] },
  seed: { two: [{ seed: 'a' }, { seed: 'b' }] },
  strength: { two: [{ strength: 0.5 }, { strength: 0.51 }] },
  steps: { two: [{ steps: 3 }, { steps: 4 }] },
  solver: { two: [{ solver: 'ddim' }, { solver: 'heun' }], both: { eta: undefined } },
  eta: { two: [{ eta: 1 }, { eta: 0.5 }] },
  spacing: { two: [{ spacing: 'trailing' }, { spacing: 'karras' }], both: { solver: 'ddim' } },
  entry: { two: [{ entry: 'start' }, { entry: 'diffusers' }], both: { solver: 'ddim', steps: 7, strength: 0.33 } },
  epochs: { two: [{ epochs: 2 }, { epochs: 9 }], both: { strength: ramp(0.2, 0.7) } },
  probability: { two: [{ probability: 1 }, { probability: 0.4 }] },
  select: { two: [{ select: { share: 0.3 } }, { select: { share: 0.9 } }] },
  keys: { two: [{}, { keys: () => Array.from({ length: COUNT }, (_, n) => n) }] },
  conditional: { two: [{ conditional: false }, { conditional: true }] },
  'conditional, when steps belong to the throw': {
    two: [{ conditional: false }, { conditional: true }],
    both: { branch: 0.7 },
  },
  bank: { two: [{ bank: 2 }, { bank: 3 }] },
  keep: {
    two: [{ keep: { classifier: dark, minProbability: 0.5 } }, { keep: { classifier: bright, minProbability: 0.5 } }],
  },
  distance: { two: [{ distance: { min: 0.12 } }, { distance: { max: 0.15 } }] },
  tries: { two: [{ tries: 1 }, { tries: 5 }], both: { distance: { min: 0.12, max: 0.15 } } },
  branch: {
    two: [{ branch: 0 }, { branch: 0.5 }],
    both: { solver: 'dpm++2m', eta: undefined, steps: 5, strength: 0.8 },
  },
  reuse: { two: [{ reuse: 1 }, { reuse: 2 }] },
  guidance: { two: [{ guidance: 1 }, { guidance: 3 }], both: { conditional: true } },
  'guidance, towards a prompt': { two: [{ guidance: 1 }, { guidance: 3 }], both: { prompt: 'a cat' }, hasText: true },
  prompt: { two: [{ prompt: 'a cat' }, { prompt: 'a photo of a dog' }], hasText: true },
  'prompt, when steps belong to the throw': {
    two: [{ prompt: 'a cat' }, { prompt: 'a photo of a dog' }],
    both: { branch: 0.7 },
    hasText: true,
  },
  negativePrompt: {
    two: [{ negativePrompt: 'blurry' }, {}],
    both: { prompt: 'a cat', guidance: 3 },
    hasText: true,
  },
  classes: {
    two: [{ classes: ['cat', 'dog'] }, { classes: ['red car', 'frog'] }],
    both: { prompt: 'a {class}' },
    hasText: true,
  },
  roundTrip: { two: [{ roundTrip: true }, { roundTrip: false }], both: { strength: 0 }, hasText: true },
};
/** Options that decide how an element looks, not what a variant is, or where and how long things run. */
export const BESIDE = [
  'range',
  'image',
  'fit',
  'labels',
  'mode',
  'softLabels',
  'cache',
  'onVariant',
  'state',
  'signal',
];
