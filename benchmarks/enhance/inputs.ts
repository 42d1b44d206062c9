import * as tf from '@tensorflow/tfjs-core';
import { findFacePackage } from '../../src/node/embedders/facePackages.ts';
import { loadEmbedder, type openImages } from '../../src/node/index.ts';
import type { Setting } from '../benchmark.ts';
import type { Identity } from './quality.ts';

type ImageSet = Awaited<ReturnType<typeof openImages>>;

/** Some images of a set as one batch in [0, 1], owned by the caller. */
export const imagesOf = (set: ImageSet, { first, count }: { first: number; count: number }): tf.Tensor4D => {
  const size = set.imageShape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(count * size);
  for (let n = 0; n < count; n += 1)
    values.set(
      set.pixels(first + n).map((value) => (value + 1) / 2),
      n * size,
    );
  return tf.tensor4d(values, [count, ...set.imageShape]);
};

/** In the middle of black, owned by the caller. */
export const padded = (images: tf.Tensor4D, side: number): tf.Tensor4D => {
  const margin = (side - images.shape[1]) / 2;
  const around: [number, number] = [margin, margin];
  return tf.pad4d(images, [[0, 0], around, around, [0, 0]]);
};

type OpenIdentity = Identity & { readonly embed: Awaited<ReturnType<typeof loadEmbedder>> };

/** Who is in a picture, where a judge of faces is installed. */
export const openIdentity = async (say: Setting['say']): Promise<OpenIdentity | undefined> => {
  try {
    findFacePackage('face-api');
    return { embed: await loadEmbedder('face-api'), known: new Map() };
  } catch (error) {
    say(`no identity: ${(error as Error).message}`);
    return undefined;
  }
};
