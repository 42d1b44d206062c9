import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { isRunning, type Owner, thisProcess } from './owner.ts';

const NAME = /^in-use-by\.([0-9a-f]{8})-(\d+)-(\d+)$/;

/**
 * Keeps a folder for this process, until it is let go: whoever asks in the meantime is refused. Every process has a
 * file of its own name there, and looks for others' after it has put its own: of two that come at the same moment at
 * most one goes on. What a killed process left is removed.
 *
 * @param what is done in the folder, for the message.
 * @returns lets the folder go, and removes it if it is empty.
 * @throws EnvironmentError `in-use`, `bad-output`.
 */
export const lockFolder = async (folder: string, what: string): Promise<() => Promise<void>> => {
  const name = `in-use-by.${thisProcess.host}-${thisProcess.pid}-${thisProcess.start}`;
  const own = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(own, '', { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw refusal(folder, what, 'this process');
    throw new EnvironmentError('bad-output', `cannot write ${own}: ${message}; choose another place`);
  }
  const release = async (): Promise<void> => {
    await rm(own, { force: true });
    await rmdir(folder).catch(() => undefined); // it is not empty
  };
  for (const other of await readdir(folder)) {
    const owner = other === name ? undefined : ownerIn(other);
    if (owner === undefined) continue;
    if (isRunning(owner)) {
      await release();
      const place = owner.host === thisProcess.host ? 'here' : 'on another machine, as far as can be told';
      const remedy = `wait for it, or remove ${join(folder, other)} if it runs no more`;
      throw refusal(folder, what, `process ${owner.pid}, which runs ${place}; ${remedy}`);
    }
    await rm(join(folder, other), { force: true });
  }
  return release;
};

const ownerIn = (name: string): Owner | undefined => {
  const [, host, pid, start] = NAME.exec(name) ?? [];
  return host === undefined ? undefined : { host, pid: Number(pid), start: Number(start) };
};

const refusal = (folder: string, what: string, who: string): EnvironmentError =>
  new EnvironmentError('in-use', `${folder} is in use: ${what} into it by ${who}; or choose another folder`);
