import { CheckpointError } from '../errors.ts';

/** Where the files of a model come from: a disk, a hub, or memory. Paths are relative, with `/` between their parts. */
export type Folder = {
  /** For messages: a path or an address. */
  readonly name: string;
  /** The whole file. @throws CheckpointError `no-such-file` */
  read(path: string): Promise<Uint8Array>;
  exists(path: string): Promise<boolean>;
};

/** A folder of files that are in memory already, such as those that somebody picked in a browser. */
export const memoryFolder = (name: string, files: ReadonlyMap<string, Uint8Array>): Folder => ({
  name,
  async read(path) {
    const bytes = files.get(path);
    if (bytes !== undefined) return bytes;
    throw new CheckpointError('no-such-file', `${name} has no file ${path}; it holds: ${[...files.keys()].join(', ')}`);
  },
  async exists(path) {
    return files.has(path);
  },
});

/** The first of `paths` that exists. */
export const firstExisting = async (folder: Folder, paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths) if (await folder.exists(path)) return path;
  return undefined;
};
