import { readFile, rm } from 'node:fs/promises';
import { writeWhole } from '../../node/output.ts';

/** What a run has measured so far, in a file from which another run goes on. */
export type KeptFile<T> = {
  readonly path: string;
  /** What was measured before with the same settings. */
  readonly stored: readonly T[];
  /** Why what lies there is of no use, if it is not. */
  readonly unusable?: string;
  /** Writes a point beside the others. */
  readonly keep: (point: T) => Promise<void>;
  /** All that are in the file. */
  readonly points: () => readonly T[];
  readonly remove: () => Promise<void>;
};

type Stored<T> = { readonly settings: string; readonly points: readonly T[] };

/** @param settings everything that what was measured depends on. */
export const openKeptFile = async <T>(path: string, settings: string): Promise<KeptFile<T>> => {
  const stored = await readStored<T>(path);
  const fits = stored !== 'none' && stored !== 'damaged' && stored.settings === settings;
  const points = fits ? [...stored.points] : [];
  return {
    path,
    stored: [...points],
    ...(stored === 'none' || fits
      ? {}
      : { unusable: stored === 'damaged' ? 'it is damaged' : 'it is of other settings' }),
    async keep(point) {
      points.push(point);
      await writeWhole(path, new TextEncoder().encode(JSON.stringify({ settings, points } satisfies Stored<T>)));
    },
    points: () => points,
    remove: () => rm(path, { force: true }),
  };
};

const readStored = async <T>(path: string): Promise<Stored<T> | 'none' | 'damaged'> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return 'none';
  try {
    const stored = JSON.parse(text) as Partial<Stored<T>> | null;
    return typeof stored?.settings === 'string' && Array.isArray(stored.points) ? (stored as Stored<T>) : 'damaged';
  } catch {
    return 'damaged';
  }
};
