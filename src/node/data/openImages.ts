import { checkNames } from '../../checks.ts';
import { ArgumentError, isCount } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { roomFor } from './byteReader.ts';
import { findSource } from './findSource.ts';
import { asBytes, type Fit, type Fitted, fitImage, toFit, type Wanted } from './fitImage.ts';
import { type ImageSet, imageSet, type Labelling } from './imageSet.ts';
import { type Folders, toFolders, toPart } from './parts.ts';
import type { ImageSource, Part, SkippedImage } from './source.ts';

export type OpenImagesOptions = {
  /** Height and width that images are to have. @defaultValue those of the first */
  readonly size?: readonly [height: number, width: number];
  /** 1 for grey, 3 for colour. @defaultValue that of the first */
  readonly channels?: number;
  /** What is done to images of another size. @defaultValue 'exact' */
  readonly fit?: Fit;
  /**
   * Which part of a data set that has parts; `test` is the validation part where there is no other. A data set without
   * parts is taken whole. @defaultValue 'train'
   */
  readonly part?: Part;
  /**
   * What folders with names such as `train` and `test` are, where their place does not tell: parts, or classes.
   * @defaultValue told by their place, refused where it does not tell
   */
  readonly folders?: Folders;
  /** So many images that cannot be read are listed and skipped. @defaultValue 10 */
  readonly maxUnreadable?: number;
};

const OPTIONS: Readonly<Record<keyof OpenImagesOptions, true>> = {
  size: true,
  channels: true,
  fit: true,
  part: true,
  folders: true,
  maxUnreadable: true,
};

/**
 * Reads images into memory: IDX files (MNIST and its relatives), binary CIFAR-10 and CIFAR-100, or images (PNG, JPEG,
 * WebP, GIF, TIFF, AVIF, BMP) in folders, from a folder or a tar, tar.gz or zip. What it is, its contents tell. Folders
 * of images are classes where there are two or more; parts of a data set (`train`, `Testing`, `seg_train`, `val2017`)
 * are told from classes by what lies beside them. Equal classes have equal numbers wherever they are read from, and
 * those of another part are numbered as in training.
 *
 * @throws ArgumentError `unknown-option`, `no-such-dataset`, `not-a-dataset`, `no-such-part`, `ambiguous-parts`, `several-datasets`,
 * `missing-labels`, `unsupported-archive`, `unsupported-dataset`, `bad-archive`, `bad-idx`, `bad-cifar`, `unknown-fit`,
 * `bad-part`, `unknown-folders`, `bad-size`, `wrong-image-size`, `too-many-unreadable`, `too-large`.
 */
export const openImages = async (path: string, options: OpenImagesOptions = {}): Promise<ImageSet> => {
  checkNames('openImages', Object.keys(OPTIONS), options);
  const { size, channels, fit = 'exact', part, folders, maxUnreadable = 10 } = options;
  const isSize = size === undefined || size.every((side) => isCount(side));
  if (!isSize || !(channels === undefined || channels === 1 || channels === 3)) {
    const rule = 'size must be two whole numbers of at least 1, and channels 1 or 3';
    throw new ArgumentError('bad-size', `${rule}; got [${size}] and ${channels}`);
  }
  const wanted = { size, channels, fit: toFit(fit) };
  const source = await findSource(path, {
    part: part === undefined ? undefined : toPart(part),
    folders: folders === undefined ? undefined : toFolders(folders),
  });
  return collect(path, source, { wanted, maxUnreadable });
};

type Collecting = { readonly wanted: Wanted; readonly maxUnreadable: number };

const collect = async (path: string, source: ImageSource, { wanted, maxUnreadable }: Collecting): Promise<ImageSet> => {
  const unreadable: SkippedImage[] = [];
  const set = gathering(path, source.count);
  let target = wanted;
  for await (const image of source.images) {
    try {
      const read = await fitImage(image, target);
      const [height, width, channels] = read.shape;
      target = { ...target, size: [height, width], channels };
      set.add(read, image.className);
    } catch (error) {
      if (error instanceof ArgumentError && FINAL.has(error.code)) throw error;
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      unreadable.push({ name: image.name, why: withoutName(why, image.name) });
      if (unreadable.length > maxUnreadable) throw tooMany(unreadable, maxUnreadable);
    }
  }
  const [fault] = unreadable;
  const found = set.found();
  if (found === undefined) {
    const why = fault ? `, the first fault: ${fault.name}: ${fault.why}` : '';
    throw new ArgumentError('not-a-dataset', `${path} holds no image that can be read${why}`);
  }
  const { changes, names, ...images } = found;
  const skipped = [...unreadable, ...(source.skipped ?? [])];
  const notes = [...(source.notes ?? []), ...changes];
  return imageSet({ ...images, skipped, notes, ...labelsOf(source.classes, names) });
};

/** What is wrong with the data set, and not with one image of it. */
const FINAL: ReadonlySet<string> = new Set(['wrong-image-size', 'too-large']);

const withoutName = (why: string, name: string): string => why.replace(`cannot read the image ${name}: `, '');

/** Puts images of the same shape one after another. */
const gathering = (path: string, most: number) => {
  const names: (string | undefined)[] = [];
  const changes = new Map<string, number>();
  let bytes: Uint8Array = new Uint8Array();
  let imageShape: ImageShape | undefined;
  return {
    add({ values, shape, changes: own }: Fitted, className: string | undefined): void {
      if (imageShape === undefined) bytes = roomFor(most * values.length, `${most} images of ${path}`);
      imageShape ??= shape;
      bytes.set(asBytes(values), names.length * values.length);
      names.push(className);
      for (const change of own) changes.set(change, (changes.get(change) ?? 0) + 1);
    },
    found() {
      if (imageShape === undefined) return undefined;
      const size = imageShape[0] * imageShape[1] * imageShape[2];
      const lines = [...changes].map(([change, count]) => `${count} of ${names.length} images: ${change}`);
      return { bytes: bytes.subarray(0, names.length * size), imageShape, names, changes: lines };
    },
  };
};

const tooMany = (unreadable: readonly SkippedImage[], limit: number): ArgumentError => {
  const [first] = unreadable as readonly [SkippedImage];
  const rule = `more than ${limit} images cannot be read, the first is ${first.name}: ${first.why}`;
  return new ArgumentError('too-many-unreadable', `${rule}; mend or remove them, or raise maxUnreadable`);
};

const labelsOf = (classes: readonly string[] | undefined, names: readonly (string | undefined)[]): Labelling => {
  if (classes === undefined) return {};
  const numbers = new Map(classes.map((name, label) => [name, label]));
  return { classes, labels: names.map((name) => numbers.get(name as string) as number) };
};
