import type { Fault } from '../../../api.ts';
import { type Choice, readChoice } from '../../../choice.ts';
import { Refused } from '../../ask.ts';

/** A session with all its curves is far smaller. */
export const SESSION_BYTES = 64 * 1024;

const bad = (message: string): Fault => ({ code: 'bad-session', message });

export const tooLarge = (name: string): Fault =>
  bad(`${name} is too large for a session, which has at most ${SESSION_BYTES} bytes.`);

/** @throws Refused `bad-session` */
export const readSessionText = (text: string, name: string): Choice => {
  try {
    return readChoice(JSON.parse(text));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is no JSON' : (error as Error).message;
    throw new Refused(bad(`${name} is no session of the studio: ${why}.`));
  }
};
