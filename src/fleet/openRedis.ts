import type { Redis } from 'ioredis';
import { EnvironmentError } from '../errors.ts';
import { importIoredis } from './packages.ts';
import type { QueueAddress } from './queueAddress.ts';

const FIRST_MS = 5000;
const MOST_MS = 2000;

/**
 * Connects to Redis. Once it has been reached, a connection that is lost is made again however long that takes, and
 * commands wait for it.
 *
 * @param isWanted whether a connection that is lost is to be made again.
 * @returns a connection that its owner ends with `disconnect()`.
 * @throws EnvironmentError `no-queue` where it cannot be reached now; `missing-package`.
 */
export const openRedis = async ({ url, shown }: QueueAddress, isWanted: () => boolean = () => true): Promise<Redis> => {
  const ioredis = await importIoredis();
  let wasThere = false;
  let last: Error | undefined;
  const redis = new ioredis.Redis(url, {
    lazyConnect: true,
    connectTimeout: FIRST_MS,
    maxRetriesPerRequest: null, // wait instead
    retryStrategy: (tries) => (wasThere && isWanted() ? Math.min(50 * 2 ** tries, MOST_MS) : null),
  });
  redis.on('error', (error: Error) => {
    last = error;
  });
  try {
    await redis.connect();
    wasThere = true;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw noQueue(shown, last ?? (error as Error));
  }
};

const noQueue = (shown: string, cause: Error): EnvironmentError =>
  new EnvironmentError('no-queue', `cannot use the Redis at ${shown}: ${whyNot(cause)}`);

/** Neither the words of Redis nor of Node repeat a password; ours do not either. */
const whyNot = ({ message, ...rest }: NodeJS.ErrnoException): string => {
  if (message.startsWith('NOAUTH')) return 'it asks for a password; name it as in redis://:password@host';
  if (message.startsWith('WRONGPASS')) return 'it does not know this user and password';
  if (rest.code === 'ECONNREFUSED') return 'nothing listens there; start redis-server, or correct the address';
  if (rest.code === 'ETIMEDOUT')
    return 'it does not answer; correct the address, or use rediss:// for TLS only where it is';
  if (/certificate/.test(message)) return `${message}; name the authority's file in NODE_EXTRA_CA_CERTS`;
  return `${message}; correct the address`;
};
