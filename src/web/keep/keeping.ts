import { warnOnce } from '../../warn.ts';
import { type KeptFile, keptFile, openCache } from './keptFile.ts';

/** A place that keeps files until the browser refuses; then it says so, and only reads. */
export type Keeper = {
  fileAt(url: string): KeptFile;
  readonly cache: Cache;
};

/** The keeper of this site; none where the browser has no Cache API, which is said once. */
export const openKeeper = async (): Promise<Keeper | undefined> => {
  try {
    const cache = await openCache();
    return { cache, fileAt: (url) => untilRefused(keptFile(cache, url), url) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warnOnce(`models are fetched anew at every visit, since the browser keeps none (no-cache-api): ${reason}`);
    return undefined;
  }
};

/** A model in memory is worth more than its copy: what cannot be kept is told, not thrown. */
const untilRefused = (file: KeptFile, url: string): KeptFile => {
  let isRefused = false;
  const attempt = async (write: () => Promise<void>): Promise<void> => {
    if (isRefused) return;
    try {
      await write();
    } catch (error) {
      isRefused = true;
      warnOnce(refusal(url, error));
      await file.clear().catch(() => undefined); // half of a file is worth less than its room
    }
  };
  return {
    ...file,
    writePart: (index, part) => attempt(() => file.writePart(index, part)),
    writeRecord: (record) => attempt(() => file.writeRecord(record)),
  };
};

const refusal = (url: string, error: unknown): string => {
  const { name, message } = error as { readonly name?: string; readonly message?: string };
  const isFull = name === 'QuotaExceededError';
  const why = isFull ? 'the room that the browser gives this site is used up (quota-full)' : `${message} (not-kept)`;
  const remedy = isFull ? "clear data of this site in the browser's settings, or free room on the disk" : 'reload';
  return `${url} is used but not kept for the next visit: ${why}; ${remedy}`;
};
