import type { ImageShape } from '../../tensors/noise.ts';

/** Which part of a data set, where it has parts. */
export type Part = 'train' | 'validation' | 'test';

/** Pixels as they lie in a file of images without compression: bytes, `height * width * channels`. */
export type RawImage = { readonly bytes: Uint8Array; readonly shape: ImageShape };

/** An image as its source has it. */
export type SourceImage = {
  /** For messages: its path, or its place in its file. */
  readonly name: string;
  /** A file of an image, or pixels; why there is neither, where it cannot be read. */
  readonly content: Uint8Array | RawImage | { readonly fault: string };
  /** Its class, where every image of the source has one. */
  readonly className?: string;
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
  readonly images: AsyncIterable<SourceImage>;
};
