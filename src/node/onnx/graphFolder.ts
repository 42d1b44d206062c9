import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linkOrCopy, noCacheFolder, placeWhole } from './place.ts';
import { hashFile, type WeightsOnDisk } from './weightsOnDisk.ts';

/**
 * A folder in the user's cache for the graphs of some weights, with names for the weights beside them: ONNX Runtime
 * takes external data from the graph's folder only, and a model's own folder is not ours to write to. Weights that
 * have changed since get another folder, and the old one is removed.
 */
export type GraphFolder = {
  readonly path: string;
  readonly files: readonly WeightsOnDisk[];
};

/** What a file of weights is called in the folder, by its place among them. */
export const weightsName = (index: number): string => `${index}.safetensors`;

/**
 * Finds or makes the folder for some weights and gives them names there.
 *
 * @param cache the user's folder for such things.
 * @throws EnvironmentError `no-cache-folder`.
 */
export const openGraphFolder = async (files: readonly WeightsOnDisk[], cache: string): Promise<GraphFolder> => {
  const which = digest(JSON.stringify(files.map(({ file }) => file)));
  const state = digest(JSON.stringify(files.map(({ size, changed }) => [size, String(changed)])));
  const path = join(cache, `${which}-${state}`);
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw noCacheFolder(path, cause);
  }
  for (const [index, weights] of files.entries()) {
    const target = join(path, weightsName(index));
    if (!(await isSame(weights, target))) await linkOrCopy(weights.file, target);
  }
  await removeOthers(path, which);
  return { path, files };
};

/**
 * Puts a graph into the folder, unless the same bytes are there. Its name is a digest of its bytes, so that a graph of
 * another config or by another version of this package is another file; a damaged one is written anew.
 *
 * @returns its path.
 * @throws EnvironmentError `no-cache-folder`.
 */
export const placeGraph = async ({ path }: GraphFolder, bytes: Uint8Array): Promise<string> => {
  const target = join(path, `${digest(bytes)}.onnx`);
  const found = await readFile(target).catch(() => undefined);
  if (found?.equals(bytes)) return target;
  await write(target, bytes);
  return target;
};

/**
 * The SHA-256 of each file of weights: 64 hexadecimal digits. The files are read once, and the result is remembered.
 *
 * @throws EnvironmentError `no-cache-folder`.
 */
export const weightHashes = async (folder: GraphFolder): Promise<readonly string[]> => {
  const { files } = folder;
  const isHash = (hash: unknown): boolean => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
  return remember(folder, {
    name: 'hashes.json',
    parse: (kept) =>
      Array.isArray(kept) && kept.length === files.length && kept.every(isHash) ? (kept as string[]) : undefined,
    async make() {
      const hashes: string[] = [];
      for (const { file } of files) hashes.push(await hashFile(file));
      return hashes;
    },
  });
};

export type Memo<T> = {
  /** Of the file. */
  readonly name: string;
  /** Undefined for what is not as it was written: it is then made anew. */
  readonly parse: (kept: unknown) => T | undefined;
  readonly make: () => Promise<T>;
};

/**
 * What is known of the weights in a folder, and is made once, as JSON.
 *
 * @throws EnvironmentError `no-cache-folder`.
 */
export const remember = async <T>({ path }: GraphFolder, { name, parse, make }: Memo<T>): Promise<T> => {
  const target = join(path, name);
  const kept = await readFile(target, 'utf8')
    .then((text) => parse(JSON.parse(text)))
    .catch(() => undefined); // absent or damaged
  if (kept !== undefined) return kept;
  const made = await make();
  await write(target, JSON.stringify(made));
  return made;
};

const write = async (target: string, content: string | Uint8Array): Promise<void> => {
  try {
    await placeWhole(target, (part) => writeFile(part, content));
  } catch (cause) {
    throw noCacheFolder(target, cause);
  }
};

const digest = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);

/** A hard link is the file itself; a copy has its size and time, the time not to the last digit. */
const isSame = async ({ size, changed }: WeightsOnDisk, target: string): Promise<boolean> => {
  const found = await stat(target).catch(() => undefined);
  return found?.size === size && Math.abs(found.mtimeMs - Number(changed) / 1e6) < 2;
};

/** Folders of the same files in another state. Whoever still has them open keeps what he has. */
const removeOthers = async (path: string, which: string): Promise<void> => {
  const home = dirname(path);
  for (const name of await readdir(home)) {
    if (!name.startsWith(which) || join(home, name) === path) continue;
    await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined); // in use, on Windows
  }
};
