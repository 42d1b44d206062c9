import * as tf from '@tensorflow/tfjs-core';
import { shown } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import type { Box } from './boxes.ts';

/**
 * Turns images `[N, h, w, c]` in [0, 1], which stay the caller's, into vectors, one for each, that point the same way for
 * pictures of the same person or thing: a network for recognition without its last layer, say. `null` stands for an image
 * in which it finds nobody. A tensor `[N, width]` is taken over and disposed of.
 */
export type Embedder = ((images: tf.Tensor4D) => Embedded | Promise<Embedded>) & {
  /** What it is, for reports: two of the same id see alike. */
  readonly id?: string;
  /** Where it finds somebody. */
  readonly detect?: Detector;
};

export type Embedded = readonly (ArrayLike<number> | Seen | null)[] | tf.Tensor2D;

/** What an embedder may tell of an image beside its vector, such as `{ age: 31, expression: 'happy' }`. */
export type Seen = { readonly vector: ArrayLike<number>; readonly attributes: Attributes };

export type Attributes = Readonly<Record<string, string | number>>;

/** Finds boxes around what is to be changed, faces say, in images `[N, h, w, c]` in [0, 1], which stay the caller's. */
export type Detector = (images: tf.Tensor4D) => Promise<readonly (readonly Box[])[]>;

/** Images `[N, h, w, c]`, which stay the caller's, or batches of them, each of which is disposed of when it was seen. */
export type Pictures = tf.Tensor4D | AsyncIterable<tf.Tensor4D>;

/** What an embedder made of images: vectors of length 1, one below the other, and whether there is one. */
export type Vectors = {
  readonly count: number;
  readonly width: number;
  /** `count` rows of `width` numbers; zeros where nothing was found. */
  readonly data: Float32Array;
  readonly isFound: readonly boolean[];
  /** By image, where the embedder tells any. */
  readonly attributes: readonly (Attributes | undefined)[];
};

/** Images that an embedder is given at a time. */
const BATCH = 32;

/**
 * @param what the images are, for messages.
 * @throws ArgumentError `bad-embedder` for what is no function, `bad-embedding` for anything but one finite vector an
 *   image, all of one length; it names the image.
 */
export const embedAll = async (pictures: Pictures, embed: Embedder, what: string): Promise<Vectors> => {
  if (typeof embed !== 'function') {
    throw new ArgumentError('bad-embedder', `embed must be a function of images, got ${shown(embed)}`);
  }
  const rows: Row[] = [];
  for await (const batch of batchesOf(pictures)) {
    try {
      const made = await vectorsOf(await embed(batch));
      checkCount(made.length, batch.shape[0], what);
      for (const seen of made) rows.push(rowOf(seen, `${what} ${rows.length}`));
    } finally {
      batch.dispose();
    }
  }
  return stacked(rows, what);
};

async function* batchesOf(pictures: Pictures): AsyncGenerator<tf.Tensor4D> {
  if (!(pictures instanceof tf.Tensor)) {
    yield* pictures;
    return;
  }
  const [count] = pictures.shape;
  for (let from = 0; from < count; from += BATCH) {
    yield tf.slice(pictures, [from, 0, 0, 0], [Math.min(BATCH, count - from), -1, -1, -1]);
  }
}

const vectorsOf = async (embedded: Embedded): Promise<readonly (ArrayLike<number> | Seen | null)[]> => {
  if (!(embedded instanceof tf.Tensor)) return embedded;
  try {
    const [count, width] = embedded.shape;
    const data = await embedded.data();
    return Array.from({ length: count }, (_, n) => data.slice(n * width, (n + 1) * width));
  } finally {
    embedded.dispose();
  }
};

const checkCount = (made: number | undefined, images: number, what: string): void => {
  if (made === images) return;
  const rule = 'embed must give a vector for each image, or null where it finds nobody';
  throw badEmbedding(`${rule}; for ${images} ${what} it gave ${made}`);
};

type Row = { readonly vector: Float32Array; readonly attributes?: Attributes } | undefined;

const rowOf = (seen: ArrayLike<number> | Seen | null, which: string): Row => {
  if (seen === null || seen === undefined) return undefined;
  if (!('vector' in seen)) return { vector: unit(seen, which) };
  return { vector: unit(seen.vector, which), attributes: seen.attributes };
};

const unit = (vector: ArrayLike<number>, which: string): Float32Array => {
  const values = Float32Array.from(vector);
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  if (length > 0 && Number.isFinite(length)) return values.map((value) => value / length);
  throw badEmbedding(`the vector of ${which} has a length of ${length}; give null where nobody is found`);
};

const stacked = (rows: readonly Row[], what: string): Vectors => {
  const width = rows.find((row) => row !== undefined)?.vector.length ?? 0;
  const data = new Float32Array(rows.length * width);
  for (const [n, row] of rows.entries()) {
    if (row === undefined) continue;
    if (row.vector.length !== width) {
      const rule = 'vectors must be of one length';
      throw badEmbedding(`${rule}; that of ${what} ${n} has ${row.vector.length} numbers, others ${width}`);
    }
    data.set(row.vector, n * width);
  }
  return {
    count: rows.length,
    width,
    data,
    isFound: rows.map((row) => row !== undefined),
    attributes: rows.map((row) => row?.attributes),
  };
};

const badEmbedding = (message: string): ArgumentError => new ArgumentError('bad-embedding', message);
