import { ArgumentError } from '../errors.ts';

/** Where a queue is. */
export type QueueAddress = {
  /** With whatever password there is: never to be shown or kept. */
  readonly url: string;
  /** For people, without it. */
  readonly shown: string;
};

/** The variable from which the address is taken where no option says it, so that no list of processes shows a password. */
export const QUEUE_VARIABLE = 'BOOMERANG_QUEUE';

const FORM = 'redis://host:6379, rediss://host:6379 for TLS, or redis://:password@host:6379';

/**
 * The address of a queue, from an option or else from the environment.
 *
 * @throws ArgumentError `no-queue` where neither says it, `bad-queue` for what is no address of Redis; neither repeats
 *   what was given, which may hold a password.
 */
export const readQueueAddress = (
  given: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): QueueAddress => {
  const text = given || environment[QUEUE_VARIABLE];
  if (!text) throw new ArgumentError('no-queue', `no queue is named; use --queue or ${QUEUE_VARIABLE}, as in ${FORM}`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    const got = url ? `an address that begins with ${url.protocol}` : 'what is no address';
    throw new ArgumentError('bad-queue', `queue must be as in ${FORM}; got ${got}`);
  }
  return { url: text, shown: `${url.hostname}:${url.port || 6379}` };
};
