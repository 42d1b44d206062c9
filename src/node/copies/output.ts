import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ArgumentError } from '../../errors.ts';

/** The folder that copies are collected in until all are there. */
export const workFolder = (output: string): string => `${resolve(output)}.part`;

/**
 * Checks that copies can go into a folder without touching the originals or anything else.
 *
 * @param input the folder or file of the originals.
 * @throws ArgumentError `output-in-input` where one lies in the other, links followed; `output-exists` for a file, and
 *   for a folder that is not empty; `bad-output` for no name, and for that of an archive.
 */
export const checkOutput = async (output: string, input: string): Promise<void> => {
  if (output === '') throw new ArgumentError('bad-output', 'the output is a folder, got ""; name one');
  if (/\.(tar|tgz|tar\.gz|zip)$/i.test(output)) {
    const remedy = 'name a folder, into which an archive is put where the originals are in one';
    throw new ArgumentError('bad-output', `the output is a folder, got ${output}; ${remedy}`);
  }
  const source = await realpath(input);
  for (const place of [output, workFolder(output)]) {
    const real = await realPlace(resolve(place));
    if (!isWithin(real, source) && !isWithin(source, real)) continue;
    const rule = `copies cannot be written to ${place}, as it and ${input} lie in one another`;
    throw new ArgumentError('output-in-input', `${rule}; choose a folder beside`);
  }
  const found = await stat(output).catch(() => undefined);
  if (found === undefined || (found.isDirectory() && (await readdir(output)).length === 0)) return;
  const work = workFolder(output);
  const hasWork = (await stat(work).catch(() => undefined)) !== undefined;
  const more = hasWork ? `; the copies in it may be whole, and ${work}, which is private, of no more use` : '';
  throw new ArgumentError('output-exists', `${output} is there already; choose another folder, or remove it${more}`);
};

/** Whether a path, which may not be there yet, is a folder of copies or lies in it, or in the one they are collected in. */
export const liesAmongCopies = async (path: string, output: string): Promise<boolean> => {
  const real = await realPlace(resolve(path));
  for (const folder of [output, workFolder(output)]) {
    if (isWithin(real, await realPlace(resolve(folder)))) return true;
  }
  return false;
};

/** Where a path leads that may not be there yet. */
const realPlace = async (path: string): Promise<string> => {
  const real = await realpath(path).catch(() => undefined);
  return real ?? (dirname(path) === path ? path : join(await realPlace(dirname(path)), basename(path)));
};

/** Whether a path is another, or lies in it. */
const isWithin = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way);
};
