import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ENDING } from '../../../node/epochLog/runFile.ts';

/** A log among those that can be looked at. */
export type RunFile = { readonly run: number; readonly name: string; readonly path: string };

/** Logs in the folders that were named, by numbers that stay while the server runs. */
export type RunFiles = {
  /** Those that are there now. A folder that is not there yet has none. */
  list(): Promise<readonly RunFile[]>;
  /** One that was listed. */
  at(run: number): RunFile | undefined;
};

export const runFiles = (folders: readonly string[]): RunFiles => {
  const known: RunFile[] = [];
  const nameOf = (folder: string, file: string): string => {
    const name = file.slice(0, -ENDING.length);
    return folders.length > 1 ? `${basename(folder)}/${name}` : name;
  };
  return {
    async list() {
      const found: RunFile[] = [];
      for (const folder of folders) {
        for (const file of (await readdir(folder).catch(() => [])).sort()) {
          if (!file.endsWith(ENDING) || file.startsWith('.')) continue;
          const path = join(folder, file);
          const one = known.find((other) => other.path === path) ?? {
            run: known.length,
            name: nameOf(folder, file),
            path,
          };
          if (one.run === known.length) known.push(one);
          found.push(one);
        }
      }
      return found;
    },
    at: (run) => known[run],
  };
};
