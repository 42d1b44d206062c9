import { createHash } from 'node:crypto';
import type { Dataset } from '@tensorflow/tfjs-data';
import type { ImageShape } from '../../tensors/noise.ts';
import type { TrainingData } from '../../train/trainingData.ts';
import { type DatasetOptions, type ImageElement, imageDataset } from './imageDataset.ts';
import type { SkippedImage } from './source.ts';

/** Images in memory, a byte for each value. */
export type ImageSet = TrainingData & {
  /** `count * height * width * channels` values, 0 to 255. */
  readonly bytes: Uint8Array;
  /** Names of the classes by label; absent together with labels. */
  readonly classes?: readonly string[];
  /** What was not taken: images that cannot be read, and files that are none. */
  readonly skipped: readonly SkippedImage[];
  /** Lines for people on what was done to images, and why they have no classes if that may surprise. */
  readonly notes: readonly string[];
  /** Equal digests mean equal images and labels: 16 hexadecimal digits. */
  readonly digest: string;
  /**
   * Pixels of an image in [-1, 1], as diffusion models are trained on them. For classifiers, and for
   * `boomerangAugment`, take `dataset()`, whose images are in [0, 1].
   */
  pixels(index: number): Float32Array;
  /**
   * The images as a data set of tfjs, as `boomerangAugment` and `fitDataset` take them: `{ xs, ys }`, where `xs` is
   * float32 in [0, 1], `[height, width, channels]`, or `[n, height, width, channels]` with `batch`; and `ys` is
   * float32, the class one-hot. Images without classes come as `{ xs }`. Tensors belong to whoever takes them.
   *
   * @throws ArgumentError `bad-batch`
   */
  dataset(options?: DatasetOptions): Dataset<ImageElement>;
};

/** Classes of images, and their names; both or neither. */
export type Labelling = { readonly labels?: readonly number[]; readonly classes?: readonly string[] };

/** What a set of images is made of. */
export type ImageSetParts = Labelling & {
  readonly bytes: Uint8Array;
  readonly imageShape: ImageShape;
  readonly skipped?: readonly SkippedImage[];
  readonly notes?: readonly string[];
};

/** A set of images from bytes. */
export const imageSet = ({ bytes, imageShape, skipped = [], notes = [], labels, classes }: ImageSetParts): ImageSet => {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const images = {
    bytes,
    imageShape,
    skipped,
    notes,
    count: bytes.length / size,
    pixels: (index: number) =>
      Float32Array.from(bytes.subarray(index * size, (index + 1) * size), (byte) => byte / 127.5 - 1),
    ...(labels && classes ? { labels, classes } : {}),
    digest: digestOf(bytes, JSON.stringify([imageShape, labels ?? null, classes ?? null])),
    dataset: (options: DatasetOptions = {}) => imageDataset(images, options),
  };
  return images;
};

/** No digest takes more at once. */
const MOST_DIGESTED = 2 ** 30;

const digestOf = (bytes: Uint8Array, facts: string): string => {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += MOST_DIGESTED) hash.update(bytes.subarray(at, at + MOST_DIGESTED));
  return hash.update(facts).digest('hex').slice(0, 16);
};

/** The images at some places, as a set of its own. */
export const someImages = (images: ImageSet, places: readonly number[]): ImageSet => {
  const { bytes, imageShape, labels, classes } = images;
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const chosen = new Uint8Array(places.length * size);
  for (const [n, place] of places.entries()) chosen.set(bytes.subarray(place * size, (place + 1) * size), n * size);
  const labelling = labels && classes ? { labels: places.map((place) => labels[place] as number), classes } : {};
  return imageSet({ bytes: chosen, imageShape, ...labelling });
};
