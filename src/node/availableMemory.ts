import { totalmem } from 'node:os';

/** Bytes that this process may take at most: what the machine has, or a limit that somebody set. */
export const availableMemory = (): number => {
  const limit = process.constrainedMemory();
  return Math.min(totalmem(), limit > 0 ? limit : Number.POSITIVE_INFINITY);
};
