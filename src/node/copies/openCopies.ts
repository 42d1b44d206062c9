import { rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { ArgumentError, EnvironmentError } from '../../errors.ts';
import { type CopyOptions, checkCopyOptions } from './copyOptions.ts';
import { layFolder } from './layFolder.ts';
import { layOut } from './layOut.ts';
import type { Changed } from './mark.ts';
import { openWork } from './openWork.ts';
import type { CopiedOriginal } from './originals.ts';
import type { OutFile } from './outFile.ts';
import { checkOutput, workFolder } from './output.ts';
import { openPieces } from './pieces.ts';
import { readCopy } from './readCopy.ts';
import { writeCopy } from './writeCopy.ts';

/** Copies that are being made of a data set. */
export type Copies = {
  /**
   * The folder in which all lies until it is finished, beside the output: private, as it tells what is a copy of what.
   * Copies of an earlier run are taken as they are, so it must have been one of the same originals and options.
   */
  readonly work: string;
  /** Whether the copy of a place was written, in this run or an earlier one. */
  has(place: number): Promise<boolean>;
  /**
   * Writes the copy of an original and reads it back; equal pixels give equal bytes.
   *
   * @param pixels as many as the original's, in [0, 1].
   * @param changed what of it a model made, for the mark of synthetic media. @defaultValue 'whole'
   * @throws ArgumentError `bad-pixels`; EnvironmentError `bad-copy`, `bad-output`.
   */
  write(original: CopiedOriginal, pixels: Float32Array, changed?: Changed): Promise<void>;
  /** The pixels of the copy of an original as they were written, in [0, 1]. */
  read(original: CopiedOriginal): Promise<Float32Array>;
  /**
   * Lays the copies of these places out like the originals, and puts them to their place all at once.
   *
   * @param before is told where the copy of each place will be, and waited for, before they are put in place.
   * @throws ArgumentError `no-copies` for no place at all; EnvironmentError `missing-copy`, `bad-output`.
   */
  finish(
    places: Iterable<number>,
    extras?: readonly OutFile[],
    before?: (names: Finished['names']) => Promise<void>,
  ): Promise<Finished>;
  /** Lets the work folder go, for another run to go on in it. */
  close(): Promise<void>;
};

export type Finished = {
  /** Where the copy of each place is: its path, in the archive if there is one, or its place in a file. Private. */
  readonly names: ReadonlyMap<number, string>;
  /** Lines for people on what is other than with the originals. */
  readonly notes: readonly string[];
};

/**
 * Opens a folder for copies of a data set, which are collected beside it until all are there: nobody sees half of them,
 * and a run that was ended goes on in the same work folder. Files hold pixels, the mark of synthetic media, and nothing
 * else; their dates are all the same, but when a file was made, only its file system knows and tells.
 *
 * @throws ArgumentError `unknown-option`, `bad-salt` and the like; `unsupported-output` for a zip; `output-in-input`,
 *   `output-exists`, `bad-output`. EnvironmentError `in-use`, `bad-output`.
 */
export const openCopies = async (folder: string, options: CopyOptions): Promise<Copies> => {
  checkCopyOptions(options);
  const { originals } = options;
  checkContainer(originals);
  await checkOutput(folder, originals.path);
  const folders = await openWork(workFolder(folder));
  const pieces = openPieces(folders.pieces);
  return {
    work: workFolder(folder),
    has: pieces.has,
    write: (original, pixels, changed = 'whole') =>
      writeCopy({ original, pixels, mark: options.mark === false ? 'nothing' : changed }, options, pieces),
    read: (original) => readCopy(original, originals.layout, pieces),
    async finish(places, extras = [], before) {
      const { out, packed } = folders;
      await rm(out, { recursive: true, force: true });
      const ordered = [...new Set(places)].sort((a, b) => a - b);
      const { files, names, notes } = await layOut(ordered, { ...options, pieces, packed });
      await layFolder(out, [...files, ...extras]);
      await before?.(names);
      await putInPlace(out, folder);
      await folders.clear();
      await folders.close();
      return { names, notes };
    },
    close: folders.close,
  };
};

/** @throws ArgumentError `unsupported-output` for originals in what is read, and not written. */
export const checkContainer = ({ layout, path }: CopyOptions['originals']): void => {
  if (layout.container !== 'zip') return;
  const remedy = 'unpack it first, and name the folder';
  throw new ArgumentError('unsupported-output', `${path} is a zip, and zips are not written; ${remedy}`);
};

/** An empty folder there gives way; anything else does not. */
const putInPlace = async (from: string, folder: string): Promise<void> => {
  const place = resolve(folder);
  await rmdir(place).catch(() => undefined); // Windows renames nothing to a folder that is there
  await rename(from, place).catch((error: NodeJS.ErrnoException) => {
    const why = `${basename(place)} in ${dirname(place)} cannot be put in place: ${error.code ?? error.message}`;
    throw new EnvironmentError('bad-output', `${why}; the copies are in ${from}`);
  });
};
