import { join } from 'node:path';
import { checkNames } from '../../checks.ts';
import { BoomerangError, EnvironmentError } from '../../errors.ts';
import type { DownloadProgress } from '../../models/downloadProgress.ts';
import { reasonOf } from '../../models/fetchFolder.ts';
import { download } from '../hub/download.ts';

/** A file of a data set, as it was published. */
export type PublishedFile = {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** SHA-256 of the content: 64 hexadecimal digits. */
  readonly sha256: string;
};

export type DownloadFilesOptions = {
  /** Where the files are published: the address of each is this, a slash and its name. */
  readonly base: string;
  /** Where they belong; it is made if it is not there. */
  readonly folder: string;
  /** Called as the bytes of a file arrive. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
};

const OPTIONS: Readonly<Record<keyof DownloadFilesOptions, true>> = {
  base: true,
  folder: true,
  onProgress: true,
};

/**
 * Downloads the files of a data set that are not there yet, one after another. A file gets its name when its length
 * and its digest are those that were published, never before; what has arrived of a download that was broken off is
 * kept, and the next call goes on from there.
 *
 * @throws EnvironmentError `cannot-download` when there is no network, or what comes is something else; the message
 *   says what was wrong.
 */
export const downloadFiles = async (files: readonly PublishedFile[], options: DownloadFilesOptions): Promise<void> => {
  checkNames('downloadFiles', Object.keys(OPTIONS), options);
  const { base, folder, onProgress } = options;
  for (const { name, size, sha256 } of files) {
    const url = `${base.replace(/\/+$/, '')}/${name}`;
    const onLength = (done: number): void => onProgress?.({ file: name, done, total: size });
    try {
      await download({ size, oid: sha256 }, join(folder, name), { url, request, onLength });
    } catch (cause) {
      const why = cause instanceof BoomerangError ? cause.message : `cannot download ${url}: ${reasonOf(cause)}`;
      const remedy = `run it again where there is a network, or put the file into ${folder} by hand`;
      throw new EnvironmentError('cannot-download', `${why}; ${remedy}`, { cause });
    }
  }
};

const request: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`it answered ${response.status}`);
};
