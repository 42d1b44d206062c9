import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { writing } from './cache.ts';
import { badDownload, fetchRest, type Source } from './fetchRest.ts';
import type { HubFile } from './listing.ts';
import { claimPart, finishPart, keepPart, lengthOf } from './partial.ts';

/** What a file must turn out to be: its length in bytes and its digest. */
export type Content = Pick<HubFile, 'size' | 'oid'>;

/**
 * Brings a content into the cache of the hub.
 *
 * @throws CheckpointError, and the errors of the source, as `download`.
 * @throws EnvironmentError `bad-cache` when the disk refuses.
 */
export const downloadBlob = (file: Content, blob: string, source: Source): Promise<void> =>
  writing(blob, () => download(file, blob, source));

/**
 * Brings a content to its place, unless it is there. It goes on where an earlier attempt stopped, and after a cut
 * connection as long as each new one brings more. Only what has the length and the digest that were promised gets the
 * content's name.
 *
 * @throws CheckpointError `bad-download` for another length, another content or a web page.
 * @throws what the source's `request` throws, and the system's errors when the disk refuses.
 */
export const download = async (file: Content, place: string, source: Source): Promise<void> => {
  if (file.size > 0 && (await lengthOf(place)) === file.size) return;
  const part = await claimPart(place);
  try {
    const isResumed = (await lengthOf(part)) > 0; // and what was left may have been damaged: then from the start
    const isDone = (await arrives(part, file, source)) || (isResumed && (await arrives(part, file, source)));
    if (!isDone)
      throw badDownload(source.url, `its content has not the digest ${file.oid} that was promised; run it again`);
    await finishPart(part, place);
  } catch (error) {
    await keepPart(part, place).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
};

/** Fetches what is absent; a content that proves wrong is emptied. */
const arrives = async (part: string, file: Content, source: Source): Promise<boolean> => {
  for (let length = await lengthOf(part); length < file.size; ) {
    const longer = await fetchRest(part, { from: length, size: file.size }, source);
    if (longer <= length) {
      throw badDownload(
        source.url,
        `${length} of ${file.size} bytes came and no more; run it again to go on from there`,
      );
    }
    length = longer;
  }
  if ((await digestOfFile(part, file)) === file.oid) return true;
  await truncate(part);
  return false;
};

/** As the hub names contents: by SHA-256 those in its large-file storage, by git's digest of a blob the others. */
const digestOfFile = async (path: string, { oid, size }: Content): Promise<string> => {
  const hash = oid.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
};
