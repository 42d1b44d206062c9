import type { Job, JobType } from 'bullmq';
import type { Shard } from '../node/runs/plan.ts';
import { type RunEntry, runId } from './entry.ts';
import type { Fleet } from './fleet.ts';
import { queueName, type Task, type TaskResult, taskId } from './task.ts';

/** Which queue, and which run in it. */
export type RunInQueue = { readonly queue: string; readonly run: string };

export const inQueue = (entry: RunEntry): RunInQueue => ({
  queue: queueName(entry.plan.model.digest, entry.plan.program),
  run: runId(entry),
});

const WAITING: readonly JobType[] = ['wait', 'prioritized', 'delayed'];

/** The names of the shards of a run that are in its queue. */
export const shardsInQueue = (fleet: Fleet, where: RunInQueue): Promise<string[]> =>
  shardsOfState(fleet, where, [...WAITING, 'active']);

const shardsOfState = async (fleet: Fleet, { queue, run }: RunInQueue, states: JobType[]): Promise<string[]> => {
  const begin = taskId(run, '');
  const ids = await fleet.queue(queue).getRanges(states, 0, -1);
  return ids.filter((id) => id.startsWith(begin)).map((id) => id.slice(begin.length));
};

/** Takes the tasks of a run that nobody has begun out of its queue. @returns the names of their shards. */
export const withdraw = async (fleet: Fleet, where: RunInQueue): Promise<string[]> => {
  const shards = await shardsOfState(fleet, where, [...WAITING]);
  const queue = fleet.queue(where.queue);
  const removed = await Promise.all(
    shards.map((shard) => queue.remove(taskId(where.run, shard)).catch(() => 0)), // begun in the meantime
  );
  return shards.filter((_, n) => removed[n] === 1);
};

/** A task that failed for the last time, and why. */
export type DeadLetter = { readonly shard: Shard; readonly why: string };

export const deadLetters = async (fleet: Fleet, where: RunInQueue): Promise<DeadLetter[]> =>
  (await failedJobs(fleet, where)).map(({ data, failedReason }) => ({ shard: data.shard, why: failedReason }));

/** Forgets what failed, so that it can be tried again. */
export const forgetDead = async (fleet: Fleet, where: RunInQueue): Promise<void> => {
  for (const job of await failedJobs(fleet, where)) await job.remove();
};

const failedJobs = async (fleet: Fleet, { queue, run }: RunInQueue): Promise<Job<Task, TaskResult>[]> => {
  const jobs = await fleet.queue(queue).getJobs(['failed']);
  return jobs.filter((job) => job?.data.run === run);
};
