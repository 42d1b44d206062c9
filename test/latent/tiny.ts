import * as tf from '@tensorflow/tfjs-core';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import type { Model } from '../../src/models/model.ts';
import { openModel } from '../../src/models/openModel.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { gaussianImages } from '../support/gaussianModel.ts';
import { type LatentParts, ldmFiles, stableFiles } from '../support/latentPipeline.ts';

/** The kinds of small latent pipelines. */
export type Kind = 'ldm' | 'stable';
export const KINDS: readonly Kind[] = ['ldm', 'stable'];

/** A small latent pipeline on tfjs, of images of 16 x 16 x 3; the caller disposes it. */
export const openTiny = async (kind: Kind, parts?: LatentParts): Promise<Model> =>
  openModel(memoryFolder(kind, kind === 'ldm' ? ldmFiles(parts) : await stableFiles(parts)));

/** What a network can be told. */
export const TOLD: Readonly<Record<Kind, Partial<AugmentOptions>>> = {
  ldm: {},
  stable: {
    prompt: 'a photo of a {class}',
    classes: ['cat', 'red car'],
    labels: 'ys',
    negativePrompt: 'blurry',
    guidance: 3,
  },
};

/** Images with their classes, 0 and 1 by turns; the caller disposes them. */
export type Labelled = { readonly xs: tf.Tensor4D; readonly ys: tf.Tensor1D };

export const labelled = (count: number, model: Model): Labelled => ({
  xs: gaussianImages(count, model),
  ys: tf.tensor1d(
    Array.from({ length: count }, (_, n) => n % 2),
    'int32',
  ),
});

export type Calls = { networks: number[]; encoded: number[]; decoded: number[] };

/** A model that writes down how many images each call of its networks was for. */
export const counted = (model: Model): Model & { readonly calls: Calls } => {
  const calls: Calls = { networks: [], encoded: [], decoded: [] };
  return {
    ...model,
    calls,
    predict: (x, ...rest) => {
      calls.networks.push(x.shape[0]);
      return model.predict(x, ...rest);
    },
    predictAsync: (x, ...rest) => {
      calls.networks.push(x.shape[0]);
      return model.predictAsync(x, ...rest);
    },
    encode: (x) => {
      calls.encoded.push(x.shape[0]);
      return model.encode(x);
    },
    encodeAsync: (x) => {
      calls.encoded.push(x.shape[0]);
      return model.encodeAsync(x);
    },
    decode: (x) => {
      calls.decoded.push(x.shape[0]);
      return model.decode(x);
    },
    decodeAsync: (x) => {
      calls.decoded.push(x.shape[0]);
      return model.decodeAsync(x);
    },
  };
};
