import type { Worker } from 'bullmq';
import type { Task, TaskResult } from '../task.ts';
import type { Say } from '../watchConnection.ts';

/** What BullMQ and ioredis say while a connection is lost, which is said elsewhere. */
const CONNECTION = /ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|[Cc]onnection is closed|LOADING|READONLY/;
/** What they say where a worker was held up for so long that its task was given to another one, or Redis has lost it. */
const LOCK = /lock|Missing key/;

/**
 * Says what goes wrong in a worker, without ending it: each thing once.
 *
 * A lost lock does no harm: what is made twice is put once.
 */
export const sayFaults = (worker: Worker<Task, TaskResult>, say: Say): void => {
  const said = new Set<string>();
  const sayOnce = (line: string): void => {
    if (!said.has(line)) say(line);
    said.add(line);
  };
  worker.on('error', ({ message }) => {
    if (CONNECTION.test(message)) return;
    if (LOCK.test(message)) sayOnce('a shard took so long without a sign of life that another worker may make it, too');
    else sayOnce(message);
  });
  worker.on('failed', (job, { message }) => {
    const left = (job?.opts.attempts ?? 1) - (job?.attemptsMade ?? 0);
    say(`shard ${job?.data.shard.name} failed${left > 0 ? ', and is tried again' : ''}: ${message}`);
  });
};
