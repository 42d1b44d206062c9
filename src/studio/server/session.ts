import { readFile } from 'node:fs/promises';
import { ArgumentError } from '../../errors.ts';
import { type Choice, readChoice } from '../choice.ts';

/**
 * A session that the page saved.
 *
 * @throws ArgumentError `no-such-session`, `bad-session`
 */
export const readSession = async (path: string): Promise<Choice> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ArgumentError('no-such-session', `cannot read ${path}: ${error.code}; name a session that was saved`);
  });
  try {
    return readChoice(JSON.parse(text));
  } catch (error) {
    const why = error instanceof ArgumentError ? error.message : 'it is no JSON';
    throw new ArgumentError('bad-session', `${path} is no session of the studio: ${why}`);
  }
};
