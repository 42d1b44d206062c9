import { checkNames } from '../../checks.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { findSource } from '../data/findSource.ts';
import { asNumbers, fitImage } from '../data/fitImage.ts';
import type { Layout } from '../data/layout.ts';
import { pictureFormat } from '../data/openPicture.ts';
import { type Folders, toFolders } from '../data/parts.ts';
import type { ImageSource, SkippedImage, SourceImage } from '../data/source.ts';

/** An image of a data set, read. */
export type Original = {
  /** Its number among all images of the data set, those that cannot be read included; always the same. */
  readonly place: number;
  /** Its path, or its place in its file. */
  readonly name: string;
  /** The folders of its path; empty where it is in none. */
  readonly folder: string;
  readonly className?: string;
  /** The numbers of its class, where a file of many images has them. */
  readonly labels?: readonly number[];
  /** `height * width * channels` numbers in [0, 1]. */
  readonly pixels: Float32Array;
  /** Upright, without alpha channel; grey images have one channel. */
  readonly shape: ImageShape;
  /** Of its file, such as `png` or `gif`; absent where its pixels lie in a file of many images. */
  readonly format?: string;
  /** What was done to it, for people: `what was transparent was made white`. */
  readonly changes: readonly string[];
};

/** What must be known of an original to write its copy. */
export type CopiedOriginal = Pick<Original, 'place' | 'name' | 'shape' | 'format' | 'labels'>;

/** An image that cannot be read, and why. */
export type Unreadable = Pick<Original, 'place' | 'name'> & { readonly fault: string };

/** The images of all parts of a data set. */
export type Originals = {
  readonly path: string;
  /** How many places there are, those of images that cannot be read included. */
  readonly count: number;
  readonly layout: Layout;
  /** Names of the classes; absent where images have none. */
  readonly classes?: readonly string[];
  /** Files that are no images of the data set, and why: nothing of them is copied. */
  readonly skipped: readonly SkippedImage[];
  /** Lines for people on what was found. */
  readonly notes: readonly string[];
  /** The images at some places, or all, one after another, and as often as they are asked for. */
  read(places?: Iterable<number>): AsyncIterable<Original | Unreadable>;
};

export type OpenOriginalsOptions = {
  /** What folders with names such as `train` are, where their place does not tell: parts, or classes. */
  readonly folders?: Folders;
};

/**
 * Opens the images of a data set with all its parts, each of its own size: a folder, a tar or a zip of pictures, of IDX
 * or of CIFAR files, or one such file.
 *
 * @throws ArgumentError `unknown-option`, `unknown-folders`, `no-such-dataset`, `not-a-dataset`, `ambiguous-parts`, `several-datasets`, `missing-labels`,
 * `unsupported-archive`, `unsupported-dataset`, `bad-archive`, `bad-idx`, `bad-cifar`.
 */
export const openOriginals = async (path: string, options: OpenOriginalsOptions = {}): Promise<Originals> => {
  checkNames('openOriginals', ['folders'], options);
  const folders = options.folders === undefined ? undefined : toFolders(options.folders);
  const source = await findSource(path, { part: 'all', folders });
  const { count, layout, classes, skipped = [], notes = [] } = source;
  return {
    path,
    count,
    layout,
    ...(classes === undefined ? {} : { classes }),
    skipped,
    notes,
    read: (places) => readAt(source, places),
  };
};

async function* readAt(source: ImageSource, places?: Iterable<number>): AsyncGenerator<Original | Unreadable> {
  const wanted = new Set(places ?? Array.from({ length: source.count }, (_, place) => place));
  for await (const image of source.at(wanted)) {
    yield await readOne(image).catch((error: Error): Unreadable => {
      const why = error.message.split('\n')[0] as string;
      const fault = why.replace(`cannot read the image ${image.name}: `, '');
      return { place: image.place, name: image.name, fault };
    });
  }
}

const AS_IT_IS = { size: undefined, channels: undefined, fit: 'exact' } as const;

const readOne = async (image: SourceImage): Promise<Original> => {
  const { place, name, content, className, labels } = image;
  const { values, shape, changes } = await fitImage(image, AS_IT_IS);
  const slash = content instanceof Uint8Array ? name.lastIndexOf('/') : -1;
  return {
    place,
    name,
    folder: name.slice(0, Math.max(0, slash)),
    ...(className === undefined ? {} : { className }),
    ...(labels === undefined ? {} : { labels }),
    pixels: asNumbers(values),
    shape,
    ...(content instanceof Uint8Array ? { format: pictureFormat(name, content) } : {}),
    changes: values instanceof Uint16Array ? [...changes, '16 bits a channel become 8'] : changes,
  };
};
