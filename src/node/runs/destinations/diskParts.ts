import { randomUUID } from 'node:crypto';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, type Owner, thisProcess } from '../../owner.ts';
import { onDisk } from './diskFault.ts';

/** Files that are being written: `.<host>-<pid>-<start>-<8 digits>.part`, all in the folder of the destination itself. */
const NAME = /^\.([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{8}\.part$/;

/**
 * For how long the files of another machine are left alone: whether their process still runs cannot be seen from here.
 * The largest file of a run is written in far less.
 */
const OTHERS_MS = 24 * 3600 * 1000;

export const isPart = (name: string): boolean => NAME.test(name);

/** A path of this process that nobody else has. */
export const newPart = (root: string): string => {
  const { host, pid, start } = thisProcess;
  return join(root, `.${host}-${pid}-${start}-${randomUUID().slice(0, 8)}.part`);
};

/**
 * Writes a file under a name of this process, as far as the disk itself: what gets its real name afterwards is whole,
 * after a loss of power too. Folders need no such care, since file systems keep what is done to them in its order.
 *
 * @param path what it becomes, for messages.
 * @returns where it is. What cannot be written whole is removed again.
 * @throws EnvironmentError `bad-output`, and what the parts throw.
 */
export const writePart = async (
  root: string,
  path: string,
  bytes: AsyncIterable<Uint8Array> | readonly Uint8Array[],
): Promise<string> => {
  const part = newPart(root);
  const file = await onDisk(path, () => open(part, 'wx'));
  try {
    for await (const some of bytes) await onDisk(path, () => file.writeFile(some));
    await onDisk(path, () => file.sync());
  } catch (error) {
    await file.close();
    await rm(part, { force: true });
    throw error;
  }
  await file.close();
  return part;
};

/** Removes what processes left that run no more, and what other machines left more than a day ago. */
export const sweepParts = async (root: string): Promise<void> => {
  for (const name of await readdir(root)) {
    const owner = ownerOf(name);
    if (owner !== undefined && (await isLeft(join(root, name), owner))) await rm(join(root, name), { force: true });
  }
};

const ownerOf = (name: string): Owner | undefined => {
  const [, host, pid, start] = NAME.exec(name) ?? [];
  return host === undefined ? undefined : { host, pid: Number(pid), start: Number(start) };
};

const isLeft = async (path: string, owner: Owner): Promise<boolean> => {
  if (owner.host === thisProcess.host) return !isRunning(owner);
  const found = await stat(path).catch(() => undefined); // its owner may be done with it
  return found !== undefined && Date.now() - found.mtimeMs > OTHERS_MS;
};
