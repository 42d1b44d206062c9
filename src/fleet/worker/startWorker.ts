import { hostname } from 'node:os';
import { extname } from 'node:path';
import type { Job, Worker, WorkerOptions } from 'bullmq';
import { version } from '../../node/version.ts';
import type { Fleet } from '../fleet.ts';
import { QUEUE_VARIABLE } from '../queueAddress.ts';
import { PREFIX, queueName, type Task, type TaskResult } from '../task.ts';
import type { Say } from '../watchConnection.ts';
import { closeWorker } from './closeWorker.ts';
import { processTask } from './processTask.ts';
import { watchRefusals } from './refusals.ts';
import { sayFaults } from './sayFaults.ts';
import { SETTING_VARIABLE, type WorkerSetting } from './setting.ts';
import { startWorkshops } from './workshops.ts';

export type WorkerWishes = {
  readonly setting: WorkerSetting;
  /** Of the model. */
  readonly digest: string;
  /** Shards that are made at once, each in a process of its own. */
  readonly concurrency: number;
  /** Makes shards in this process, one at a time. */
  readonly isInProcess: boolean;
  /** After so long without a sign of life from here, a shard is given to another worker. */
  readonly lockSeconds: number;
  readonly say: Say;
};

export type StartedWorker = {
  readonly worker: Worker<Task, TaskResult>;
  /** Rejects where this worker can do nothing for any run. */
  readonly useless: Promise<never>;
  /** Ends after the shards that are under way. */
  close(): Promise<void>;
};

/** Takes tasks of runs of a model, and makes their shards. */
export const startWorker = (fleet: Fleet, wishes: WorkerWishes): StartedWorker => {
  const { digest, setting, isInProcess, say } = wishes;
  const name = queueName(digest, version);
  const shops = isInProcess ? startWorkshops(setting) : undefined;
  const processor = shops
    ? (job: Job<Task, TaskResult>, token?: string, signal?: AbortSignal) => processTask(shops, job, { token, signal })
    : CHILD;
  const worker = new fleet.bullmq.Worker<Task, TaskResult>(name, processor, optionsOf(fleet, wishes));
  sayFaults(worker, say);
  return {
    worker,
    useless: watchRefusals(fleet, worker, say),
    async close() {
      await closeWorker(fleet, worker);
      await shops?.close();
    },
  };
};

/** As a source or as it is published. */
const CHILD = new URL(`./child${extname(import.meta.url)}`, import.meta.url);

const optionsOf = (fleet: Fleet, { concurrency, lockSeconds, setting }: WorkerWishes): WorkerOptions => ({
  connection: fleet.redis,
  prefix: PREFIX,
  name: `${hostname()}-${process.pid}`,
  concurrency,
  lockDuration: lockSeconds * 1000,
  stalledInterval: lockSeconds * 1000,
  maxStalledCount: Number.MAX_SAFE_INTEGER, // a worker that is killed is no fault of the task
  runRetryDelay: 1000,
  workerForkOptions: { env: childEnvironment(setting) },
});

/** A child does without the queue, and need not know its password. */
const childEnvironment = (setting: WorkerSetting): NodeJS.ProcessEnv => {
  const { [QUEUE_VARIABLE]: _, ...others } = process.env;
  return { ...others, [SETTING_VARIABLE]: JSON.stringify(setting) };
};
