import type { Destination } from '../destination.ts';

/** Keeps nothing, and counts the bytes that it is given. */
export const countingDestination = (): Destination & { readonly bytes: () => number } => {
  let bytes = 0;
  const count = async (given: Uint8Array): Promise<true> => {
    bytes += given.length;
    return true;
  };
  return {
    place: 'nowhere',
    isExclusive: true,
    bytes: () => bytes,
    putNew: (_, given) => count(given),
    async put(_, given) {
      await count(given);
    },
    async putStream(_, parts) {
      for await (const part of parts) await count(part);
    },
    read: async () => undefined,
    async *list() {},
    async remove() {},
    async sweep() {},
    async close() {},
  };
};
