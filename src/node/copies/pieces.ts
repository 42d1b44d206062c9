import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../output.ts';

/** Copies on disk by their places, until all are there. */
export type Pieces = {
  /** Where that of a place lies. */
  pathOf(place: number): string;
  has(place: number): Promise<boolean>;
  /** Writes one under another name and renames it, and reads it back. */
  write(place: number, bytes: Uint8Array): Promise<Uint8Array>;
  read(place: number): Promise<Uint8Array>;
  /** The first bytes of one. */
  head(place: number, length: number): Promise<Uint8Array>;
};

/** So many in a folder: file systems are slow with folders of very many files. */
const PER_FOLDER = 1000;

export const openPieces = (folder: string): Pieces => {
  const pathOf = (place: number): string => join(folder, String(Math.floor(place / PER_FOLDER)), String(place));
  return {
    pathOf,
    has: async (place) => (await stat(pathOf(place)).catch(() => undefined)) !== undefined,
    async write(place, bytes) {
      await writeWhole(pathOf(place), bytes);
      return readFile(pathOf(place));
    },
    read: (place) => readFile(pathOf(place)),
    async head(place, length) {
      const file = await open(pathOf(place));
      try {
        const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
  };
};
