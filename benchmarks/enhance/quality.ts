import * as tf from '@tensorflow/tfjs-core';
import { type Embedder, embedAll, type Vectors } from '../../src/apps/anonymise/embedder.ts';
import { multiScaleGmsd } from '../../src/apps/enhance/quality/gmsd.ts';
import { psnr } from '../../src/apps/enhance/quality/psnr.ts';
import { ssim } from '../../src/apps/enhance/quality/ssim.ts';

import type { Features } from './peers.ts';
import type { Pair } from './ways.ts';

/** Measures of one way, a number for each image. */
export type Qualities = Readonly<Record<string, readonly number[]>>;

/** With what is measured, where it is there. */
export type Judges = { readonly features?: Features | undefined; readonly identity?: Identity | undefined };

/** Of so many pictures at most it is asked who is in them, since that takes longer than all else. */
const MOST_FACES = 150;

/** Who is in pictures; the true ones, by the first of a batch, are looked at once. */
export type Identity = { readonly embed: Embedder; readonly known: Map<number, Vectors> };

export const PSNR = 'PSNR';
export const SSIM = 'SSIM';
export const GRADIENTS = 'MS-GMSD';
export const DEEP = 'deep distance';
export const IDENTITY = 'identity';

/** How near images are to the true ones. */
export const qualitiesOf = async (
  images: tf.Tensor4D,
  { truth, keys }: Pick<Pair, 'truth' | 'keys'>,
  judges: Judges,
): Promise<Qualities> => ({
  [PSNR]: await numbers(psnr(images, truth)),
  [SSIM]: await numbers(ssim(images, truth)),
  [GRADIENTS]: await numbers(multiScaleGmsd(images, truth)),
  ...(judges.features ? { [DEEP]: await numbers(deepDistances(images, truth, judges.features)) } : {}),
  ...(judges.identity && (keys[0] as number) < MOST_FACES
    ? { [IDENTITY]: await identities(images, { truth, keys }, judges.identity) }
    : {}),
});

const numbers = async (tensor: tf.Tensor): Promise<number[]> => {
  try {
    return [...(await tensor.data())];
  } finally {
    tensor.dispose();
  }
};

/** So large are images made before the network for photographs sees them. */
const LEAST_SIDE = 112;

/**
 * How far features of images lie from one another: of each place the squared distance of unit vectors, the mean over places,
 * the sum over stages. The weights that LPIPS learned from people's judgements are left out.
 *
 * @see Zhang et al. 2018, arXiv:1801.03924, equation 1.
 */
const deepDistances = (a: tf.Tensor4D, b: tf.Tensor4D, features: Features): tf.Tensor1D =>
  tf.tidy(() => {
    const [ofA, ofB] = [features.of(prepared(a)), features.of(prepared(b))];
    const distances = ofA.map((map, stage) =>
      tf.mean(tf.sum(tf.squaredDifference(unit(map), unit(ofB[stage] as tf.Tensor4D)), 3), [1, 2]),
    );
    return tf.addN(distances) as tf.Tensor1D;
  });

const unit = (map: tf.Tensor4D): tf.Tensor => tf.div(map, tf.add(tf.norm(map, 2, 3, true), 1e-10));

const prepared = (images: tf.Tensor4D): tf.Tensor4D => {
  const [, height, width, channels] = images.shape;
  const times = Math.ceil(LEAST_SIDE / Math.min(height, width));
  const large = tf.image.resizeBilinear(images, [height * times, width * times], false, true);
  return channels === 1 ? tf.tile(large, [1, 1, 1, 3]) : large;
};

/** Cosine similarity of faces to the true ones; not a number where no face is found in one of both. */
const identities = async (
  images: tf.Tensor4D,
  { truth, keys: [first] }: Pick<Pair, 'truth' | 'keys'>,
  { embed, known }: Identity,
): Promise<number[]> => {
  const real = known.get(first as number) ?? (await embedAll(truth, embed, 'image'));
  known.set(first as number, real);
  const made = await embedAll(images, embed, 'enlarged image');
  return made.isFound.map((isFound, n) => (isFound && real.isFound[n] ? cosine(made, real, n) : Number.NaN));
};

const cosine = (a: Vectors, b: Vectors, n: number): number => {
  let sum = 0;
  for (let i = 0; i < a.width; i += 1) sum += (a.data[n * a.width + i] as number) * (b.data[n * b.width + i] as number);
  return sum;
};
