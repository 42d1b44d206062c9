import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSecret, drawSecret } from '../../apps/anonymise/secret.ts';
import { ArgumentError } from '../../errors.ts';
import { checkAbsent, writePrivate } from './privateFile.ts';

/** @throws ArgumentError `no-such-key`, `bad-secret`. */
export const readSecret = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new ArgumentError('no-such-key', `cannot read the key ${path}: ${code}; name a file that --keep-key wrote`);
  });
  const secret = text.trim();
  checkSecret(secret);
  return secret;
};

/**
 * Checks that a secret can be kept in a file: there is none yet, or it holds that of the run in a work folder, which was
 * ended when little was left to do.
 *
 * @throws ArgumentError `file-exists`
 */
export const checkKeepable = async (path: string, work: string): Promise<void> => {
  const [kept, own] = [await textOf(path), await textOf(join(work, 'secret'))];
  if (kept === undefined || kept !== own) await checkAbsent(path);
};

/**
 * Writes a secret for its owner alone, if it is not there yet.
 *
 * @throws ArgumentError `file-exists`; EnvironmentError `bad-output`.
 */
export const keepSecret = async (path: string, secret: string): Promise<void> => {
  if ((await textOf(path)) !== `${secret}\n`) await writePrivate(path, `${secret}\n`);
};

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);

/**
 * The secret of a run in a work folder: that of the run that was begun there, or one that is given, or a new one. It lies
 * there, for its owner alone, as long as the folder does.
 *
 * @param given a file with a secret, which `writePrivate` wrote.
 */
export const secretOfRun = async (work: string, given: string | undefined): Promise<string> => {
  const path = join(work, 'secret');
  const asked = given === undefined ? undefined : await readSecret(given);
  if ((await stat(path).catch(() => undefined)) !== undefined) return asked ?? readSecret(path);
  const secret = asked ?? drawSecret();
  await mkdir(work, { recursive: true, mode: 0o700 });
  await writePrivate(path, `${secret}\n`);
  return secret;
};
