import { createHash } from 'node:crypto';
import { ArgumentError, isCount } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { TrainingData } from '../../train/trainingData.ts';
import { findSource } from './findSource.ts';
import { type Fit, fitImage, toFit, type Wanted } from './fitImage.ts';
import { classesByPath, type ImageSource, type Part, type RawImage } from './source.ts';

export type OpenImagesOptions = {
  /** Height and width that images are to have. @defaultValue those of the first */
  readonly size?: readonly [height: number, width: number];
  /** 1 for grey, 3 for colour. @defaultValue that of the first */
  readonly channels?: number;
  /** What is done to images of another size. @defaultValue 'exact' */
  readonly fit?: Fit;
  /** Which part of a data set that has parts. @defaultValue 'train' */
  readonly part?: Part;
  /** So many files that cannot be read are listed and skipped. @defaultValue 10 */
  readonly maxUnreadable?: number;
};

/** An image that was skipped, and why. */
export type SkippedImage = { readonly name: string; readonly why: string };

/** Images in memory, a byte for each value. */
export type ImageSet = TrainingData & {
  /** `count * height * width * channels` values, 0 to 255. */
  readonly bytes: Uint8Array;
  /** Names of the classes by label; absent together with labels. */
  readonly classes?: readonly string[];
  readonly skipped: readonly SkippedImage[];
  /** Equal digests mean equal images and labels: 16 hexadecimal digits. */
  readonly digest: string;
};

/**
 * Reads images into memory: IDX files (as of MNIST), binary CIFAR-10 and CIFAR-100, a folder of images, or a tar,
 * tar.gz or zip of images. What it is, its contents tell. Folders of images are classes where there are two or more.
 *
 * @throws ArgumentError `no-such-dataset`, `not-a-dataset`, `unsupported-archive`, `bad-archive`, `bad-idx`,
 * `unknown-fit`, `bad-size`, `wrong-image-size`, `too-many-unreadable`.
 */
export const openImages = async (path: string, options: OpenImagesOptions = {}): Promise<ImageSet> => {
  const { size, channels, fit = 'exact', part = 'train', maxUnreadable = 10 } = options;
  const isSize = size === undefined || size.every((side) => isCount(side));
  if (!isSize || !(channels === undefined || channels === 1 || channels === 3)) {
    const rule = 'size must be two whole numbers of at least 1, and channels 1 or 3';
    throw new ArgumentError('bad-size', `${rule}; got [${size}] and ${channels}`);
  }
  const source = await findSource(path, part);
  return asSet(path, source, await collect(source, { size, channels, fit: toFit(fit) }, maxUnreadable));
};

type Read = RawImage & { readonly name: string; readonly className: string | undefined };
type Collected = { readonly images: readonly Read[]; readonly skipped: readonly SkippedImage[] };

const collect = async (source: ImageSource, wanted: Wanted, maxUnreadable: number): Promise<Collected> => {
  const images: Read[] = [];
  const skipped: SkippedImage[] = [];
  let target = wanted;
  for await (const image of source.images) {
    try {
      const read = await fitImage(image, target);
      const [height, width, channels] = read.shape;
      target = { ...target, size: [height, width], channels };
      images.push({ ...read, name: image.name, className: image.className });
    } catch (error) {
      if (error instanceof ArgumentError && error.code === 'wrong-image-size') throw error;
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      skipped.push({ name: image.name, why });
      if (skipped.length > maxUnreadable) throw tooMany(skipped, maxUnreadable);
    }
  }
  return { images, skipped };
};

const tooMany = (skipped: readonly SkippedImage[], limit: number): ArgumentError => {
  const [first] = skipped as readonly [SkippedImage];
  const rule = `more than ${limit} images cannot be read, the first is ${first.name}: ${first.why}`;
  return new ArgumentError('too-many-unreadable', `${rule}; mend or remove them, or raise maxUnreadable`);
};

const asSet = (path: string, source: ImageSource, { images, skipped }: Collected): ImageSet => {
  const [first] = images;
  if (first === undefined) {
    const why = skipped[0] ? `, the first fault: ${skipped[0].why}` : '';
    throw new ArgumentError('not-a-dataset', `${path} holds no image that can be read${why}`);
  }
  const bytes = new Uint8Array(images.length * first.bytes.length);
  for (const [n, image] of images.entries()) bytes.set(image.bytes, n * first.bytes.length);
  return imageSet({ bytes, imageShape: first.shape, skipped, ...labelsOf(source, images) });
};

/** Classes of images, and their names; both or neither. */
export type Labelling = { readonly labels?: readonly number[]; readonly classes?: readonly string[] };

const labelsOf = ({ classes }: ImageSource, images: readonly Read[]): Labelling => {
  const said = images.flatMap(({ className }) => (className === undefined ? [] : [className]));
  const names = said.length === images.length ? said : classesByPath(images.map(({ name }) => name));
  if (names === undefined) return {};
  const known = classes ?? [...new Set(names)].sort(numbersFirst);
  const labels = new Map(known.map((name, label) => [name, label]));
  return { classes: known, labels: names.map((name) => labels.get(name) as number) };
};

const numbersFirst = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : 1);

/** What a set of images is made of. */
export type ImageSetParts = Labelling & {
  readonly bytes: Uint8Array;
  readonly imageShape: ImageShape;
  readonly skipped?: readonly SkippedImage[];
};

/** A set of images from bytes. */
export const imageSet = ({ bytes, imageShape, skipped = [], labels, classes }: ImageSetParts): ImageSet => {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const facts = JSON.stringify([imageShape, labels ?? null, classes ?? null]);
  return {
    bytes,
    imageShape,
    skipped,
    count: bytes.length / size,
    pixels: (index) => Float32Array.from(bytes.subarray(index * size, (index + 1) * size), (byte) => byte / 127.5 - 1),
    ...(labels && classes ? { labels, classes } : {}),
    digest: createHash('sha256').update(bytes).update(facts).digest('hex').slice(0, 16),
  };
};

/** Images at some places as numbers in [0, 1], one after another. */
export const pixelsAt = ({ bytes, imageShape }: ImageSet, places: readonly number[]): Float32Array => {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const pixels = new Float32Array(places.length * size);
  for (const [n, place] of places.entries()) {
    for (let i = 0; i < size; i += 1) pixels[n * size + i] = (bytes[place * size + i] as number) / 255;
  }
  return pixels;
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
