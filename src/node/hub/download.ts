import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { writing } from './cache.ts';
import { badDownload, fetchRest, type Source } from './fetchRest.ts';
import type { HubFile } from './listing.ts';
import { claimPart, finishPart, keepPart, lengthOf } from './partial.ts';

/**
 * Brings a content into the cache, unless it is there. It goes on where an earlier attempt stopped, and after a cut
 * connection as long as each new one brings more. Only what has the length and the digest that the hub promised gets
 * the content's name.
 *
 * @param blob where the content belongs.
 * @throws CheckpointError `bad-download` for another length, another content or a web page.
 * @throws EnvironmentError `bad-cache` when the disk refuses, and those of `hubFetch`.
 */
export const downloadBlob = (file: HubFile, blob: string, source: Source): Promise<void> =>
  writing(blob, async () => {
    if (file.size > 0 && (await lengthOf(blob)) === file.size) return;
    const part = await claimPart(blob);
    try {
      const isResumed = (await lengthOf(part)) > 0; // and what was left may have been damaged: then from the start
      const isDone = (await arrives(part, file, source)) || (isResumed && (await arrives(part, file, source)));
      if (!isDone) throw badDownload(source.url, `its content has not the digest ${file.oid} that the hub promised`);
      await finishPart(part, blob);
    } catch (error) {
      await keepPart(part, blob).catch(() => undefined); // the first error is the one to tell
      throw error;
    }
  });

/** Fetches what is absent; a content that proves wrong is emptied. */
const arrives = async (part: string, file: HubFile, source: Source): Promise<boolean> => {
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
const digestOfFile = async (path: string, { oid, size }: HubFile): Promise<string> => {
  const hash = oid.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
};
