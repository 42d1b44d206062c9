import { readFile } from 'node:fs/promises';
import { checkSecret } from '../../apps/anonymise/secret.ts';
import { ArgumentError } from '../../errors.ts';

/** @throws ArgumentError `no-such-key`, `bad-secret`. */
export const readSecret = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new ArgumentError('no-such-key', `cannot read the key ${path}: ${code}; name a file that --keep-key wrote`);
  });
  const secret = text.trim();
  checkSecret(secret);
  return secret;
};
