import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../../models/model.ts';
import { cut, stack } from '../../returns/stacks.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { TrainingData } from '../../train/trainingData.ts';

/** Images of a data set where a model walks: as they are, or encoded. */
export type WalkedImages = {
  readonly shape: ImageShape;
  /** Images at some places as a batch, owned by the caller. A latent model encodes each once. */
  at(places: readonly number[]): Promise<tf.Tensor4D>;
  /** The values of an image that was asked for before. */
  values(place: number): Float32Array;
};

export const walkedImages = (model: Model, data: TrainingData): WalkedImages => {
  if (!model.isLatent) {
    const shape = data.imageShape;
    const values = (place: number): Float32Array => data.pixels(place);
    return { shape, at: async (places) => stack(places.map(values), shape), values };
  }
  const known = new Map<number, Float32Array>();
  const values = (place: number): Float32Array => known.get(place) as Float32Array;
  return {
    shape: model.latentShape,
    async at(places) {
      const missing = [...new Set(places)].filter((place) => !known.has(place));
      const images = missing.map((place) => data.pixels(place));
      const latents = images.length > 0 ? await encode(model, stack(images, data.imageShape)) : [];
      for (const [n, place] of missing.entries()) known.set(place, latents[n] as Float32Array);
      return stack(places.map(values), model.latentShape);
    },
    values,
  };
};

/** Disposes the images. */
const encode = async (model: Model, images: tf.Tensor4D): Promise<Float32Array[]> => {
  const made: tf.Tensor[] = [images];
  try {
    const latents = await model.encodeAsync(images);
    made.push(latents);
    return cut(await latents.data<'float32'>(), images.shape[0]);
  } finally {
    tf.dispose(made);
  }
};
