import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type ImageSource, isInPart, isPicture, type Part, type SourceImage } from './source.ts';

/** The images below a folder; its folders are classes. Undefined if there is none. */
export const imageFolder = async (folder: string, part: Part): Promise<ImageSource | undefined> => {
  const entries = await readdir(folder, { recursive: true });
  const paths = entries
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => isPicture(path) && isInPart(path, part));
  return paths.length === 0 ? undefined : { images: readAll(folder, paths.sort()) };
};

async function* readAll(folder: string, paths: readonly string[]): AsyncGenerator<SourceImage> {
  for (const name of paths) yield { name, content: await readFile(join(folder, name)).catch(() => new Uint8Array()) };
}
