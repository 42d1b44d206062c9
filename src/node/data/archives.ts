import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Parser } from 'tar';
import { openPromise } from 'yauzl';
import { ArgumentError } from '../../errors.ts';
import { type ImageSource, isInPart, isPicture, type Part, type SourceImage } from './source.ts';

type File = { readonly name: string; readonly bytes: Uint8Array };

/** Larger files are no images to learn from, and might be made to exhaust the memory. */
const MOST_BYTES = 2 ** 28;

/** A tar archive is made of blocks of so many bytes. */
const BLOCK = 512;

/** A class beside an image of the same name, as in WebDataset. */
const CLASS = /\.cls$/i;

const isWanted = (path: string, size: number): boolean => (isPicture(path) || CLASS.test(path)) && size <= MOST_BYTES;

/** The images of a tar archive, compressed with gzip or not; its folders are classes, or `.cls` files name them. */
export const tarImages = (path: string, options: { readonly isGzip: boolean; readonly part: Part }): ImageSource => ({
  images: withClasses(tarFiles(path, options.isGzip), options.part),
});

/** The images of a zip archive, likewise. */
export const zipImages = (path: string, part: Part): ImageSource => ({ images: withClasses(zipFiles(path), part) });

async function* tarFiles(path: string, isGzip: boolean): AsyncGenerator<File> {
  const found: File[] = [];
  let fault: Error | undefined;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      if (entry.type !== 'File' && entry.type !== 'OldFile') return void entry.resume();
      if (!isWanted(entry.path, entry.size)) return void entry.resume();
      const parts: Buffer[] = [];
      entry.on('data', (part) => parts.push(part));
      entry.on('end', () => found.push({ name: entry.path.replace(/^\.\//, ''), bytes: Buffer.concat(parts) }));
    },
  });
  parser.on('error', (error: Error) => {
    fault ??= error;
  });
  const check = (): void => {
    if (fault) throw damaged(path, fault);
  };
  const file = createReadStream(path);
  let length = 0;
  try {
    for await (const chunk of isGzip ? file.pipe(createGunzip()) : file) {
      parser.write(chunk);
      length += chunk.length;
      check();
      yield* found.splice(0);
    }
  } catch (error) {
    throw error instanceof ArgumentError ? error : damaged(path, error);
  } finally {
    file.destroy();
  }
  parser.end();
  check();
  if (length % BLOCK !== 0) throw damaged(path, 'it breaks off in a header'); // the parser does not mind
  yield* found.splice(0);
}

async function* zipFiles(path: string): AsyncGenerator<File> {
  const zip = await openPromise(path, { autoClose: false }).catch((error) => {
    throw damaged(path, error);
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (!isWanted(entry.fileName, entry.uncompressedSize)) continue;
      const parts: Buffer[] = [];
      for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part);
      yield { name: entry.fileName, bytes: Buffer.concat(parts) };
    }
  } catch (error) {
    throw damaged(path, error);
  } finally {
    zip.close();
  }
}

const damaged = (path: string, error: unknown): ArgumentError => {
  const why = error instanceof Error ? error.message : String(error);
  return new ArgumentError('bad-archive', `cannot read the archive ${path}: ${why}; make it anew or download it again`);
};

/** Puts together what WebDataset keeps in neighbouring files of one name: the image, and its class if there is one. */
async function* withClasses(files: AsyncIterable<File>, part: Part): AsyncGenerator<SourceImage> {
  const stem = (name: string): string => name.replace(/\.[^./]*$/, '');
  let image: File | undefined;
  let className: string | undefined;
  let current = '';
  const done = (): SourceImage[] =>
    image ? [{ name: image.name, content: image.bytes, ...(className === undefined ? {} : { className }) }] : [];
  for await (const file of files) {
    if (!isInPart(file.name, part)) continue;
    const isClass = CLASS.test(file.name);
    if (stem(file.name) !== current || (image && !isClass)) {
      yield* done();
      [image, className, current] = [undefined, undefined, stem(file.name)];
    }
    if (isClass) className = Buffer.from(file.bytes).toString('utf8').trim();
    else image = file;
  }
  yield* done();
}
