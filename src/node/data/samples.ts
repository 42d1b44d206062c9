import { posix } from 'node:path';
import { className } from './classes.ts';
import type { FileTree } from './fileTree.ts';
import type { SkippedImage } from './source.ts';

const PICTURE = /\.(png|jpe?g|jpe|jfif|webp|gif|tiff?|avif|bmp|dib)$/i;

/** Whether a path is that of an image in a format that is read. */
export const isPicture = (path: string): boolean => PICTURE.test(path);

/** A class beside an image of the same name, as in WebDataset. */
const CLASS = /\.cls$/i;

/** What pictures beside another are called that are no images to learn from: masks, depths and the like. */
const ABOUT = /^(seg|segmentation|mask|label|annotation|depth|normals?|edges?|flow)$/i;

/** What the image is called among pictures of the same sample. */
const IMAGE = /^(image|img|input|rgb)$/i;

/** The pictures among files, and the classes that lie beside them. */
export type Samples = {
  readonly pictures: readonly string[];
  /** By picture; undefined unless there is a class beside some. */
  readonly classes: ReadonlyMap<string, string> | undefined;
  readonly skipped: readonly SkippedImage[];
};

/**
 * Sorts files into images and others. Files whose names are equal up to the first dot belong together, as in
 * WebDataset: `7.jpg` or `7.image.png`, its class `7.cls`, a mask `7.seg.png`.
 */
export const findSamples = async (tree: FileTree): Promise<Samples> => {
  const pictures = new Set(groupsOf(tree.paths).flatMap(imagesOf));
  const labels = await readClasses(tree);
  const classes = new Map<string, string>();
  for (const path of pictures) {
    const label = labels.get(keyOf(path));
    if (label !== undefined) classes.set(path, label);
  }
  const others = tree.paths.filter((path) => !pictures.has(path) && !CLASS.test(path));
  const skipped = others.map((name) => ({
    name,
    why: isPicture(name) ? 'it goes with an image of the same name' : 'it is no image of a format that is read',
  }));
  return {
    pictures: tree.paths.filter((path) => pictures.has(path)),
    classes: classes.size > 0 ? classes : undefined,
    skipped,
  };
};

/** What belongs together has the same key: the path up to the first dot of the name. */
const keyOf = (path: string): string => {
  const { dir, base } = posix.parse(path);
  return posix.join(dir, base.slice(0, base.indexOf('.', 1)));
};

const groupsOf = (paths: readonly string[]): readonly string[][] => {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const group = groups.get(keyOf(path));
    if (group) group.push(path);
    else groups.set(keyOf(path), [path]);
  }
  return [...groups.values()];
};

/** The part of a name between the key and the kind of file: `seg` in `7.seg.png`. */
const middleOf = (path: string): string => posix.basename(path).split('.').slice(1, -1).join('.');

const imagesOf = (group: readonly string[]): readonly string[] => {
  const pictures = group.filter(isPicture);
  if (pictures.length < 2) return pictures;
  const isSample = pictures.length < group.length;
  const main = pictures.filter((path) => middleOf(path) === '' || IMAGE.test(middleOf(path)));
  if (isSample && main.length > 0) return main;
  const images = pictures.filter((path) => !ABOUT.test(middleOf(path)));
  return images.length > 0 ? images : pictures;
};

const readClasses = async (tree: FileTree): Promise<ReadonlyMap<string, string>> => {
  const paths = new Set(tree.paths.filter((path) => CLASS.test(path)));
  const classes = new Map<string, string>();
  for await (const { path, content } of paths.size > 0 ? tree.read(paths) : []) {
    if (content instanceof Uint8Array) classes.set(keyOf(path), className(Buffer.from(content).toString('utf8')));
  }
  return classes;
};
