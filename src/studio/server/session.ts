import { readFile, stat } from 'node:fs/promises';
import { ArgumentError } from '../../errors.ts';
import { type Choice, readChoice } from '../choice.ts';

/** A session with all its curves is far smaller. */
const MOST_BYTES = 64 * 1024;

/**
 * A session that the page saved.
 *
 * @throws ArgumentError `no-such-session`, `bad-session`
 */
export const readSession = async (path: string): Promise<Choice> => {
  const unreadable = (error: NodeJS.ErrnoException): never => {
    throw new ArgumentError('no-such-session', `cannot read ${path}: ${error.code}; name a session that was saved`);
  };
  const { size } = await stat(path).catch(unreadable);
  if (size > MOST_BYTES) {
    const rule = `has ${size} bytes, and a session of the studio has at most ${MOST_BYTES}`;
    throw new ArgumentError('bad-session', `${path} ${rule}; name a session that was saved`);
  }
  const text = await readFile(path, 'utf8').catch(unreadable);
  try {
    return readChoice(JSON.parse(text));
  } catch (error) {
    const why = error instanceof ArgumentError ? error.message : 'it is no JSON';
    throw new ArgumentError('bad-session', `${path} is no session of the studio: ${why}`);
  }
};
