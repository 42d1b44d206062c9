import type * as tf from '@tensorflow/tfjs-core';
import { blur, pixelate } from '../../src/apps/anonymise/plain.ts';
import { boomerang, type Model } from '../../src/index.ts';

/** A way of making copies, and how far it goes. */
export type Way = { readonly name: (typeof NAMES)[number]; readonly level: number };

/** `classed` is Boomerang that is told the class of each image, by a model that knows classes. */
export const NAMES = ['boomerang', 'classed', 'pixelation', 'blur'] as const;

/** A fixed one: the figures can be taken again. Who hands copies on must keep another one secret. */
const SEED = 'anonymise-proof';

export const STEPS = 10;

/** Images that are copied at a time. */
export const BATCH = 16;

const STRENGTHS = [0.5, 0.3, 0.7, 0.9, 0.1, 0.4, 0.6, 0.2, 0.8] as const;

/** Levels of the plain ways. */
export type PlainLevels = { readonly pixelation: readonly number[]; readonly blur: readonly number[] };

/** In the order in which they are measured: a run that was cut short has the whole range, coarsely. */
export const waysOf = (names: readonly Way['name'][], plain: PlainLevels): readonly Way[] => {
  const levels = { boomerang: STRENGTHS, classed: STRENGTHS, ...plain };
  return STRENGTHS.flatMap((_, n) =>
    names.flatMap((name) => {
      const level = levels[name][n];
      return level === undefined ? [] : [{ name, level }];
    }),
  );
};

export const nameOf = ({ name, level }: Way): string => `${name}-${level}`;

export type Copying = {
  readonly model: () => Promise<Model>;
  /** The class of each image. */
  readonly labels?: readonly number[] | undefined;
};

/** @returns copies in [0, 1], owned by the caller. */
export const copy = async (way: Way, images: tf.Tensor4D, { model, labels }: Copying): Promise<tf.Tensor4D> => {
  if (way.name === 'blur') return blur(images, way.level);
  if (way.name === 'pixelation') return pixelate(images, way.level);
  const classes = way.name === 'classed' && labels ? { labels } : {};
  return boomerang(await model(), images, { strength: way.level, steps: STEPS, seed: SEED, ...classes });
};
