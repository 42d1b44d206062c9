import type { JobsOptions } from 'bullmq';
import type { DataPlace } from '../node/runs/openData.ts';
import type { Shard } from '../node/runs/plan.ts';
import type { FailedImage } from '../node/runs/shardRecord.ts';

/** Where the things of a run lie, on machines that have them at the same places. Nothing secret. */
export type RunPlaces = DataPlace & {
  readonly destination: string;
  /** The `model.json` of the classifier that judges variants, if one does. */
  readonly classifier?: string;
};

/** What waits in a queue: a shard of a run. */
export type Task = {
  /** By what the run is known in the queue. */
  readonly run: string;
  /** The digest of its plan, which is in its destination. */
  readonly plan: string;
  readonly shard: Shard;
  readonly places: RunPlaces;
};

/** What is told of a task that was done. */
export type TaskResult = {
  /** `there`: somebody else had made it. */
  readonly outcome: 'made' | 'there';
  readonly samples: number;
  readonly failed: readonly FailedImage[];
};

/**
 * What a worker tells, as the progress of a task, when it cannot open the run at all: its own data, model or package
 * differ, or are not there. The task goes back to the queue.
 */
export type Refused = { readonly refused: { readonly run: string; readonly code: string; readonly message: string } };

/** All keys of Redis begin so. */
export const PREFIX = 'boomerang';

/** A queue for each model and version: whoever has another of them cannot take its tasks. */
export const queueName = (modelDigest: string, program: string): string => `${modelDigest}-${program}`;

/** The name of a task in its queue. */
export const taskId = (run: string, shard: string): string => `${run}-${shard}`;

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1000;

/** A shard that is done leaves nothing in the queue: the destination knows. One that fails stays, with the reason. */
export const taskOptions = (task: Task, priority: number): JobsOptions => ({
  jobId: taskId(task.run, task.shard.name),
  priority,
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: FIRST_WAIT_MS },
  removeOnComplete: true,
  stackTraceLimit: 0,
});
