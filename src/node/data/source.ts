import type { ImageShape } from '../../tensors/noise.ts';
import type { Layout } from './layout.ts';

/** Which part of a data set, where it has parts. */
export type Part = 'train' | 'validation' | 'test';

/** Pixels as they lie in a file of images without compression: bytes, `height * width * channels`. */
export type RawImage = { readonly bytes: Uint8Array; readonly shape: ImageShape };

/** An image as its source has it. */
export type SourceImage = {
  /** Its number among the images of the source, and in its layout. */
  readonly place: number;
  /** For messages: its path, or its place in its file. */
  readonly name: string;
  /** A file of an image, or pixels; why there is neither, where it cannot be read. */
  readonly content: Uint8Array | RawImage | { readonly fault: string };
  /** Its class, where every image of the source has one. */
  readonly className?: string;
  /** The numbers of its class as a file of many images has them: one, or for CIFAR-100 a coarse and a fine one. */
  readonly labels?: readonly number[];
};

/** An image, or another file, that was not taken, and why. */
export type SkippedImage = { readonly name: string; readonly why: string };

/** Images one after another, always in the same order. */
export type ImageSource = {
  /** Names of the classes by label; absent where the images have none. */
  readonly classes?: readonly string[];
  /** How many images there are, those that cannot be read included. */
  readonly count: number;
  /** Files that are passed over. */
  readonly skipped?: readonly SkippedImage[];
  /** Lines for people on what was found. */
  readonly notes?: readonly string[];
  readonly layout: Layout;
  readonly images: AsyncIterable<SourceImage>;
  /** The images at some places, once more; those that are not asked for cost as little as the files allow. */
  at(places: ReadonlySet<number>): AsyncIterable<SourceImage>;
};

/** The images at some places, of a file that is read from its beginning. */
export async function* onlyAt(
  images: AsyncIterable<SourceImage>,
  places: ReadonlySet<number>,
): AsyncGenerator<SourceImage> {
  let left = places.size;
  for await (const image of images) {
    if (!places.has(image.place)) continue;
    yield image;
    left -= 1;
    if (left === 0) return;
  }
}
