import type { EventEmitter } from 'node:events';
import type { Queue, QueueEvents, QueueOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { openRedis } from './openRedis.ts';
import { importBullmq } from './packages.ts';
import type { QueueAddress } from './queueAddress.ts';
import { PREFIX, type Task, type TaskResult } from './task.ts';

/** What is kept of what happened, for whoever follows a queue: more than happens while a connection is made anew. */
const EVENTS = 10_000;

/** Redis with the queues of all models in it. */
export type Fleet = {
  readonly address: QueueAddress;
  readonly redis: Redis;
  readonly bullmq: typeof import('bullmq');
  /** A queue, open until the fleet is closed. */
  queue(name: string): Queue<Task, TaskResult>;
  /** What happens in a queue, from now on. */
  events(name: string): QueueEvents;
  /** Waits for Redis no longer where it is away: all that waits for it fails. */
  giveUp(): void;
  close(): Promise<void>;
};

/**
 * Connects to Redis.
 *
 * @throws EnvironmentError `no-queue`, `missing-package`.
 */
export const openFleet = async (address: QueueAddress): Promise<Fleet> => {
  const bullmq = await importBullmq();
  let isGivenUp = false;
  const redis = await openRedis(address, () => !isGivenUp);
  const opened = new Map<string, Queue<Task, TaskResult> | QueueEvents>();
  const options: QueueOptions = { connection: redis, prefix: PREFIX, streams: { events: { maxLen: EVENTS } } };
  const once = <T extends Queue<Task, TaskResult> | QueueEvents>(key: string, open: () => T): T => {
    const known = opened.get(key) as T | undefined;
    if (known) return known;
    const one = open();
    opened.set(key, one);
    (one as EventEmitter).on('error', () => undefined); // a lost connection is made again, and `watchConnection` says so
    return one;
  };
  return {
    address,
    redis,
    bullmq,
    queue: (name) => once(`queue ${name}`, () => new bullmq.Queue<Task, TaskResult>(name, options)),
    events: (name) => once(`events ${name}`, () => new bullmq.QueueEvents(name, options)),
    giveUp() {
      isGivenUp = true;
    },
    async close() {
      isGivenUp = true;
      const isThere = redis.status === 'ready';
      for (const one of opened.values()) {
        const closed = one.close();
        await (isThere ? closed : one.getBackend().close(true)); // else the good order would wait for Redis
      }
      redis.disconnect();
    },
  };
};
