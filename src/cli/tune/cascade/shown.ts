import * as tf from '@tensorflow/tfjs-core';
import type { PlainThrow } from '../../../apps/enhance/cascade.ts';
import { poorer } from '../../../apps/enhance/cascades/poorer.ts';
import { enhance } from '../../../apps/enhance/enhance.ts';
import { degradeOf } from '../../../apps/enhance/options.ts';
import type { Model } from '../../../models/model.ts';
import { type CascadeBench, calibrating, originalsOf } from './bench.ts';

/** An image on its way: seen, without the model, one result, the mean of several, and as it was. */
export type ShownRow = { readonly images: readonly Float32Array[] };

const MOST_SHOWN = 4;

/** What the chosen cascade makes of the first images. */
export const shownImages = async (
  model: Model,
  bench: CascadeBench,
  cascade: readonly PlainThrow[],
): Promise<readonly ShownRow[]> => {
  const { goal: _g, evaluations: _e, samples, ...enhancing } = calibrating(bench.tuning);
  const originals = tf.tensor4d(...originalsOf(bench, MOST_SHOWN));
  const degradation = degradeOf(enhancing).of(model.imageShape);
  const seen = poorer(originals, { degradation, noise: enhancing.noise, seed: enhancing.seed });
  const made = async (throws: readonly PlainThrow[], count: number): Promise<Float32Array[]> => {
    const { images, uncertainty } = await enhance(model, seen, { ...enhancing, cascade: throws, samples: count });
    uncertainty?.dispose();
    return apart(images);
  };
  try {
    const columns = [
      await apart(tf.image.resizeNearestNeighbor(seen, [model.imageShape[0], model.imageShape[1]])),
      await made([], 1),
      await made(cascade, 1),
      ...(samples > 1 ? [await made(cascade, samples)] : []),
      await apart(tf.clone(originals)),
    ];
    return Array.from({ length: originals.shape[0] }, (_, n) => ({
      images: columns.map((column) => column[n] as Float32Array),
    }));
  } finally {
    tf.dispose([originals, seen]);
  }
};

/** Images one by one. Disposes them. */
const apart = async (images: tf.Tensor4D): Promise<Float32Array[]> => {
  const values = await images.data<'float32'>().finally(() => images.dispose());
  const size = values.length / images.shape[0];
  return Array.from({ length: images.shape[0] }, (_, n) => values.slice(n * size, (n + 1) * size));
};
