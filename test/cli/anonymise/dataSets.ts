import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { dirty } from '../../node/copies/dirty.ts';
import { tarOf } from '../../node/dataArchives.ts';
import { idx } from '../../node/dataFiles.ts';
import { grain, SIDE } from './trial.ts';

type Files = Record<string, Buffer>;

/** Images of a data set: their number decides their pixels and their class. */
export const COUNT = 12;

const each = async (of: (n: number) => Promise<Files> | Files, count = COUNT): Promise<Files> => {
  const files: Files = {};
  for (let n = 0; n < count; n += 1) Object.assign(files, await of(n));
  return files;
};

/** A grey picture of fine detail. */
export const greyPng = (n: number): Promise<Buffer> =>
  sharp(grain(n), { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();

/** Pictures of two classes in folders of theirs. */
export const classFolders = (count = COUNT): Promise<Files> =>
  each(async (n) => ({ [`class-${n % 2}/holiday-${n}.png`]: await greyPng(n) }), count);

/** A person a folder, each with several pictures: dark ones or bright ones. */
export const peopleFolders = (people = 6, own = 2): Promise<Files> =>
  each(async (n) => {
    const person = n % people;
    return { [`anna-${person}/holiday-${n}.png`]: await greyPng(person + people * n) };
  }, people * own);

/** Photographs full of what tells of people, in all that a camera writes. */
export const photographs = (): Promise<Files> =>
  each(async (n) => {
    const [format, ending] = n < COUNT / 2 ? (['png', 'png'] as const) : (['jpeg', 'jpg'] as const);
    return { [`class-${n % 2}/holiday-${n}.${ending}`]: await dirty(format, { pixels: grain(n, 3) }) };
  });

/** Pictures and files of their classes beside them. @see WebDataset */
export const webDataset = (): Promise<Files> =>
  each(async (n) => ({ [`holiday-${n}.png`]: await greyPng(n), [`holiday-${n}.cls`]: Buffer.from(`${n % 2}`) }));

const labels = (count: number): number[] => Array.from({ length: count }, (_, n) => n % 2);

const pixelsOf = (channels = 1, side = SIDE): number[][] =>
  Array.from({ length: COUNT }, (_, n) => [...grain(n, channels, side)]);

const idxFiles = (pack: (bytes: Buffer) => Buffer, end: string): Files => ({
  [`train-images-idx3-ubyte${end}`]: pack(idx([COUNT, SIDE, SIDE], pixelsOf().flat())),
  [`train-labels-idx1-ubyte${end}`]: pack(idx([COUNT], labels(COUNT))),
});

const cifarFile = (): Buffer => Buffer.concat(pixelsOf(3, 32).map((pixels, n) => Buffer.from([n % 2, ...pixels])));

/** A data set by its layout. */
export type DataSet = {
  /** The file of the data set, where it is one, and that of the copies. */
  readonly file?: string;
  readonly copies?: string;
  readonly files: () => Promise<Files> | Files;
  /** What files of copies are called, by names in numbers. */
  readonly names: readonly RegExp[];
  /** What people are told of it. */
  readonly notes?: readonly string[];
};

export const DATA_SETS: Readonly<Record<string, DataSet>> = {
  'folders of classes, of photographs': {
    files: photographs,
    names: [/^class-[01]\/\d\d\.png$/, /^class-[01]\/\d\d\.jpg$/],
    notes: ['12 images: the model has no colours: the copy has none'],
  },
  'one folder': {
    files: () => each(async (n) => ({ [`holiday-${n}.png`]: await greyPng(n) })),
    names: [/^\d\d\.png$/],
  },
  'a tar of pictures and their classes': {
    file: 'holidays.tar',
    copies: 'images.tar',
    files: async () => ({ 'holidays.tar': tarOf(await webDataset()) }),
    names: [/^images\.tar$/],
  },
  'a gzipped tar of folders of classes': {
    file: 'holidays.tar.gz',
    copies: 'images.tar.gz',
    files: async () => ({ 'holidays.tar.gz': gzipSync(tarOf(await classFolders())) }),
    names: [/^images\.tar\.gz$/],
  },
  'IDX files': {
    files: () => idxFiles((bytes) => bytes, ''),
    names: [/^train-images-idx3-ubyte$/, /^train-labels-idx1-ubyte$/],
    notes: ['IDX files have no room for the mark of synthetic media'],
  },
  'gzipped IDX files': {
    files: () => idxFiles(gzipSync, '.gz'),
    names: [/^train-images-idx3-ubyte\.gz$/, /^train-labels-idx1-ubyte\.gz$/],
  },
  'a binary CIFAR file': { files: () => ({ 'data_batch_1.bin': cifarFile() }), names: [/^data_batch_1\.bin$/] },
};
