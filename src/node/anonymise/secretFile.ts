import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { checkSecret } from '../../apps/anonymise/secret.ts';
import { ArgumentError, EnvironmentError } from '../../errors.ts';

/**
 * Writes a secret for its owner alone (mode 600), into a file that is not there yet.
 *
 * @throws ArgumentError `key-exists`: what a lost key was for cannot be had again. EnvironmentError `bad-output`.
 */
export const writeSecret = async (path: string, secret: string): Promise<void> => {
  try {
    await writeFile(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    await chmod(path, 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new ArgumentError('key-exists', `${path} is there already, and may hold another key; choose another name`);
    }
    await rm(path, { force: true }).catch(() => undefined);
    throw new EnvironmentError('bad-output', `cannot write ${path}: ${message}; choose another place`);
  }
};

/** @throws ArgumentError `no-such-key`, `bad-secret`. */
export const readSecret = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new ArgumentError('no-such-key', `cannot read the key ${path}: ${code}; name a file that --keep-key wrote`);
  });
  const secret = text.trim();
  checkSecret(secret);
  return secret;
};
