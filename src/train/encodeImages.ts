import * as tf from '@tensorflow/tfjs-core';
import { checkNames } from '../checks.ts';
import { tfjsNetwork } from '../engines/tfjs/network.ts';
import type { Weight } from '../engines/tfjs/parameters.ts';
import { autoencoderWeights } from '../networks/autoencoder.ts';
import type { Json } from '../networks/configFields.ts';
import { parseAutoencoder } from '../networks/parseAutoencoder.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { breathe } from './breathe.ts';
import { mirrored, type TrainingData } from './trainingData.ts';

/** What an autoencoder makes of images, without scale or shift. */
export type Latents = {
  readonly latentShape: ImageShape;
  /** Latents of the images, one after the other. */
  readonly plain: Float32Array;
  /** Those of the mirrored images. */
  readonly mirrored?: Float32Array;
};

export type EncodeOptions = {
  /** The `config.json` of the autoencoder, and its weights in the layout of checkpoints. */
  readonly config: Json;
  readonly weights: ReadonlyMap<string, Weight>;
  /** Whether mirrored images are wanted, too. @defaultValue false */
  readonly flip?: boolean;
  /** So many images go through the network at a time. @defaultValue 16 */
  readonly batchSize?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how many images are encoded, of how many, those that are mirrored among them. */
  readonly onProgress?: (done: number, total: number) => void;
};

const OPTIONS: Readonly<Record<keyof EncodeOptions, true>> = {
  config: true,
  weights: true,
  flip: true,
  batchSize: true,
  signal: true,
  onProgress: true,
};

/**
 * Encodes images once, so that a training need not do it in every step.
 *
 * @throws ArgumentError `unknown-option`. CheckpointError for a config that is not supported or weights that do not fit; whatever `signal` was aborted
 * with.
 */
export const encodeImages = async (data: TrainingData, options: EncodeOptions): Promise<Latents> => {
  checkNames('encodeImages', Object.keys(OPTIONS), options);
  const autoencoder = parseAutoencoder(options.config);
  const { factor, latentChannels } = autoencoder;
  const [height, width] = data.imageShape;
  const latentShape: ImageShape = [height / factor, width / factor, latentChannels];
  const encoder = tfjsNetwork(autoencoder.encoder, autoencoderWeights(autoencoder, options.weights).encoder);
  const encode = (images: tf.Tensor4D): tf.Tensor => encoder.run({ x: images })['output'] as tf.Tensor;
  const total = data.count * (options.flip ? 2 : 1);
  let done = 0;
  const onImages = (images: number): void => {
    done += images;
    options.onProgress?.(done, total);
  };
  const all = (pixels: (index: number) => Float32Array): Promise<Float32Array> =>
    encodeAll(data, pixels, { ...options, latentShape, encode, onImages });
  try {
    const plain = await all((index) => data.pixels(index));
    if (!options.flip) return { latentShape, plain };
    return { latentShape, plain, mirrored: await all((index) => mirrored(data, index)) };
  } finally {
    encoder.dispose();
  }
};

type Encoding = Pick<EncodeOptions, 'batchSize' | 'signal'> & {
  readonly latentShape: ImageShape;
  readonly encode: (images: tf.Tensor4D) => tf.Tensor;
  readonly onImages: (images: number) => void;
};

const encodeAll = async (
  { count, imageShape }: TrainingData,
  pixels: (index: number) => Float32Array,
  { latentShape, encode, onImages, batchSize = 16, signal }: Encoding,
): Promise<Float32Array> => {
  const size = tf.util.sizeFromShape([...latentShape]);
  const latents = new Float32Array(count * size);
  for (let at = 0; at < count; at += batchSize) {
    await breathe();
    signal?.throwIfAborted();
    const some = Array.from({ length: Math.min(batchSize, count - at) }, (_, n) => pixels(at + n));
    const output = tf.tidy(() =>
      encode(tf.stack(some.map((image) => tf.tensor3d(image, [...imageShape]))) as tf.Tensor4D),
    );
    latents.set(await output.data<'float32'>(), at * size);
    output.dispose();
    onImages(some.length);
  }
  return latents;
};

/** What latents are multiplied by so that all their numbers together have unit variance. */
export const latentScale = ({ plain }: Latents): number => {
  let [sum, squares] = [0, 0];
  for (const value of plain) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / plain.length;
  return 1 / Math.sqrt(Math.max(1e-12, squares / plain.length - mean * mean));
};

/** Latents as a denoiser is trained on them. @param scale the `scaling_factor` of the autoencoder's config. */
export const latentData = (latents: Latents, scale: number, labels?: readonly number[]): TrainingData => {
  const { latentShape, plain, mirrored } = latents;
  const size = tf.util.sizeFromShape([...latentShape]);
  const cut = (values: Float32Array, index: number): Float32Array =>
    values.slice(index * size, (index + 1) * size).map((value) => value * scale);
  return {
    count: plain.length / size,
    imageShape: latentShape,
    pixels: (index) => cut(plain, index),
    ...(mirrored ? { mirrored: (index: number) => cut(mirrored, index) } : {}),
    ...(labels ? { labels } : {}),
  };
};
