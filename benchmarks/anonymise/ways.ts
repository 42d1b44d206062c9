import * as tf from '@tensorflow/tfjs-core';
import { blur, pixelate } from '../../src/apps/anonymise/plain.ts';
import { boomerang, type Model } from '../../src/index.ts';

/** A way of making copies, and how far it goes. */
export type Way = { readonly name: 'boomerang' | 'pixelation' | 'blur'; readonly level: number };

/** A fixed one: the figures can be taken again. Who hands copies on must keep another one secret. */
const SEED = 'anonymise-proof';

export const STEPS = 10;

/** Images that are copied at a time. */
export const BATCH = 16;

const LEVELS = {
  boomerang: [0.5, 0.3, 0.7, 0.9, 0.1, 0.4, 0.6, 0.2, 0.8],
  pixelation: [8, 16, 4, 12, 6, 21, 3, 10],
  blur: [4, 8, 2, 6, 3, 12, 1.5, 5],
} as const;

/** In the order in which they are measured: a run that was cut short has the whole range, coarsely. */
export const WAYS: readonly Way[] = Array.from({ length: 9 }).flatMap((_, n) =>
  (['boomerang', 'pixelation', 'blur'] as const).flatMap((name) => {
    const level = LEVELS[name][n];
    return level === undefined ? [] : [{ name, level }];
  }),
);

export const nameOf = ({ name, level }: Way): string => `${name}-${level}`;

/** @returns copies in [0, 1], owned by the caller. */
export const copy = async (way: Way, images: tf.Tensor4D, model: () => Promise<Model>): Promise<tf.Tensor4D> => {
  if (way.name === 'blur') return blur(images, way.level);
  if (way.name === 'pixelation') return pixelate(images, way.level);
  const made = await boomerang(await model(), images, { strength: way.level, steps: STEPS, seed: SEED });
  return tf.tidy(() => {
    try {
      return tf.clipByValue(made, 0, 1);
    } finally {
      made.dispose();
    }
  });
};
