import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Fleet } from '../fleet.ts';

const PATIENCE_MS = 3000;

/**
 * Ends a worker after the shards that are under way. Where Redis is away, and does not come back soon, it is not told of
 * them: they are put nevertheless, and whoever gets them again finds that they are there.
 */
export const closeWorker = async ({ redis, giveUp }: Fleet, worker: Worker): Promise<void> => {
  let waited: NodeJS.Timeout | undefined;
  const onClose = (): void => {
    waited ??= setTimeout(giveUp, PATIENCE_MS);
  };
  const onReady = (): void => {
    clearTimeout(waited);
    waited = undefined;
  };
  redis.on('close', onClose).on('ready', onReady);
  if (redis.status !== 'ready' && redis.status !== 'end') {
    onClose();
    await readyOrEnd(redis); // BullMQ would wait for ever for a connection that is being made to end
  }
  await worker.close();
  redis.off('close', onClose).off('ready', onReady);
  clearTimeout(waited);
};

const readyOrEnd = (redis: Redis): Promise<void> =>
  new Promise((done) => {
    const settle = (): void => {
      redis.off('ready', settle).off('end', settle);
      done();
    };
    redis.on('ready', settle).on('end', settle);
  });
