import type { ImageShape } from '../../tensors/noise.ts';

/** Pixels as they lie in a file of images without compression: bytes, `height * width * channels`. */
export type RawImage = { readonly bytes: Uint8Array; readonly shape: ImageShape };

/** An image as its source has it. */
export type SourceImage = {
  /** For messages: its path, or its place in its file. */
  readonly name: string;
  /** A file of an image, or pixels. */
  readonly content: Uint8Array | RawImage;
  /** Where the source says it of the image; elsewhere its path decides. */
  readonly className?: string;
};

/** Images one after another, always in the same order. */
export type ImageSource = {
  /** Names of the classes by label, where the source knows them. */
  readonly classes?: readonly string[];
  readonly images: AsyncIterable<SourceImage>;
};

/** Which part of a data set, where it has parts. */
export type Part = 'train' | 'test';

const PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  test: 'test',
  val: 'test',
  valid: 'test',
  validation: 'test',
};

const PICTURE = /\.(png|jpe?g|webp|gif|tiff?)$/i;

/** Whether a path is that of an image; hidden files, such as those that macOS puts into archives, are none. */
export const isPicture = (path: string): boolean => PICTURE.test(path) && !/(^|\/)(\.|__MACOSX\/)/.test(path);

/** Whether a path is of a part: below a folder of its name, or in no part's folder. */
export const isInPart = (path: string, part: Part): boolean => {
  const parts = path
    .split('/')
    .slice(0, -1)
    .map((name) => PARTS[name.toLowerCase()]);
  return (parts.find((found) => found !== undefined) ?? part) === part;
};

/**
 * The class of each image by its path: the first folder that is not common to all and not a part's. Undefined unless
 * every image is in such a folder, and there are two at least.
 */
export const classesByPath = (paths: readonly string[]): readonly string[] | undefined => {
  const folders = paths.map((path) =>
    path
      .split('/')
      .slice(0, -1)
      .filter((name) => PARTS[name.toLowerCase()] === undefined),
  );
  let common = 0;
  const [first = []] = folders;
  while (common < first.length && folders.every((names) => names[common] === first[common])) common += 1;
  const classes = folders.map((names) => names[common]);
  return classes.every((name) => name !== undefined) && new Set(classes).size > 1 ? (classes as string[]) : undefined;
};
