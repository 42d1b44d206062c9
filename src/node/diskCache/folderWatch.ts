import { statSync } from 'node:fs';

/**
 * File systems date a change by a clock that ticks every 1 to 10 ms, and FAT's every 2 seconds: a change that follows
 * another within a tick leaves the date as it is.
 */
const TICK_MS = 20;
const COARSE_TICK_MS = 2500;
const NS_PER_MS = 1_000_000n;

export type FolderWatch = {
  /**
   * Whether files may have come to the folder, left it or been renamed since this was last asked; with one look at the
   * folder's date. What comes within a tick of the clock after it was asked is reported the next time, if need be twice.
   */
  hasChanged(): boolean;
};

/** Says of a folder whether it has to be listed again. Never throws: a folder that cannot be looked at has changed. */
export const folderWatch = (folder: string): FolderWatch => {
  let settled: bigint | undefined;
  return {
    hasChanged() {
      const date = dateOf(folder);
      if (date !== undefined && date === settled) return false;
      settled = date !== undefined && isPast(date) ? date : undefined;
      return true;
    },
  };
};

const dateOf = (folder: string): bigint | undefined => {
  try {
    return statSync(folder, { bigint: true }).mtimeNs;
  } catch {
    return undefined;
  }
};

/** Whether a change from now on is sure to get another date. */
const isPast = (date: bigint): boolean => {
  const isCoarse = date % (1000n * NS_PER_MS) === 0n;
  return Date.now() - Number(date / NS_PER_MS) > (isCoarse ? COARSE_TICK_MS : TICK_MS);
};
