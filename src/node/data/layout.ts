import type { ImageShape } from '../../tensors/noise.ts';

/** What the files of a data set lie in. */
export type Container = 'folder' | 'tar' | 'tar.gz' | 'zip';

/** How a data set lies, so that another one can be laid out alike. */
export type Layout = { readonly container: Container } & (PictureLayout | PackedLayout);

/** A file for each image, by the places of the images. */
export type PictureLayout = { readonly content: 'pictures'; readonly pictures: readonly PictureFile[] };

export type PictureFile = {
  /** From the root, with `/` between folders. */
  readonly path: string;
  /** Of the folders in its path, which are parts of the data set such as `train`. */
  readonly isPart: readonly boolean[];
  /** What the file of its class beside it says. */
  readonly beside?: string;
};

/** Files of many images each; places go on from one file to the next. */
export type PackedLayout = {
  readonly content: 'idx' | 'cifar';
  readonly files: readonly PackedFile[];
  /** Files that name the classes, a line each. */
  readonly lists: readonly NameList[];
};

export type PackedFile = {
  readonly path: string;
  readonly count: number;
  readonly shape: ImageShape;
  /** How many numbers stand before each image. */
  readonly heads: number;
  /** The file of labels that belongs to it. */
  readonly labels?: string;
};

export type NameList = { readonly path: string; readonly lines: readonly string[] };
