import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ImageSource, Part, SourceImage } from './source.ts';

const SIDE = 32;
const PIXELS = SIDE * SIDE;
const BYTES = 3 * PIXELS;

/** Bytes before the pixels of an image: its class; in CIFAR-100 its coarse class, then its fine one. */
const headOf = (length: number): 1 | 2 | undefined => {
  if (length > 0 && length % (BYTES + 1) === 0) return 1;
  return length > 0 && length % (BYTES + 2) === 0 ? 2 : undefined;
};

const FILES: Readonly<Record<Part, RegExp>> = { train: /^(data_batch_\d+|train)\.bin$/, test: /^test(_batch)?\.bin$/ };

/**
 * The binary version of CIFAR-10 or CIFAR-100 in a folder. Undefined if it holds none of the part.
 *
 * @see Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images"; the layout is on its web page.
 */
export const cifarFolder = async (folder: string, part: Part): Promise<ImageSource | undefined> => {
  const files = (await readdir(folder)).filter((name) => FILES[part].test(name)).sort();
  return files.length === 0 ? undefined : cifarFiles(files.map((name) => join(folder, name)));
};

/** One binary file of CIFAR, told by its length. Undefined if it is none. */
export const cifarFile = async (path: string): Promise<ImageSource | undefined> =>
  path.endsWith('.bin') && headOf((await stat(path)).size) !== undefined ? cifarFiles([path]) : undefined;

const cifarFiles = async (paths: readonly string[]): Promise<ImageSource> => {
  const head = headOf((await stat(paths[0] as string)).size) ?? 1;
  const named = await classNames(dirname(paths[0] as string), head);
  const classes = named ?? Array.from({ length: head === 1 ? 10 : 100 }, (_, label) => String(label));
  return { classes, images: eachImage(paths, { head, classes }) };
};

/** From the list that comes with the data, if it is there. */
const classNames = async (folder: string, head: 1 | 2): Promise<readonly string[] | undefined> => {
  const name = head === 1 ? 'batches.meta.txt' : 'fine_label_names.txt';
  const text = await readFile(join(folder, name), 'utf8').catch(() => '');
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return names.length === (head === 1 ? 10 : 100) ? names : undefined;
};

type Layout = { readonly head: 1 | 2; readonly classes: readonly string[] };

async function* eachImage(paths: readonly string[], { head, classes }: Layout): AsyncGenerator<SourceImage> {
  for (const path of paths) {
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length; at += head + BYTES) {
      const label = bytes[at + head - 1] as number;
      const content = {
        bytes: interleaved(bytes.subarray(at + head, at + head + BYTES)),
        shape: [SIDE, SIDE, 3] as const,
      };
      yield {
        name: `${basename(path)}, image ${at / (head + BYTES)}`,
        content,
        className: classes[label] ?? String(label),
      };
    }
  }
}

/** Red, green and blue of each pixel together; in the file they are three images. */
const interleaved = (planes: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: BYTES }, (_, i) => planes[(i % 3) * PIXELS + Math.floor(i / 3)] as number);
