import { BoomerangError } from '../../errors.ts';
import type { Fault } from '../api.ts';

/** A refusal with the status that it is answered with. */
export class Refusal extends BoomerangError {
  readonly status: 400 | 401 | 403 | 404 | 405 | 415;

  constructor(status: Refusal['status'], code: string, message: string) {
    super(code, message);
    this.status = status;
  }
}

/** Absolute paths, up to their last names. */
const PATHS = /(?<![\w/.:])(?:[A-Za-z]:)?(?:[\\/][^\s\\/:;,"'()]+)+[\\/](?=[^\s\\/:;,"'()])/g;

/** What the page is told of an error: what the user can mend, in one line, without folders of this machine. */
export const faultOf = (error: unknown): Fault => {
  if (!(error instanceof BoomerangError)) {
    return { code: 'internal', message: 'something failed in the studio; the terminal in which it runs says what' };
  }
  return { code: error.code, message: error.message.replaceAll(/\s*\n\s*/g, ' ').replaceAll(PATHS, '') };
};

/** The status of an answer that tells of an error. */
export const statusOf = (error: unknown): Refusal['status'] | 500 => {
  if (error instanceof Refusal) return error.status;
  return error instanceof BoomerangError ? 400 : 500;
};
