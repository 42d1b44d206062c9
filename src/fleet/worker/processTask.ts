import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { BoomerangError } from '../../errors.ts';
import type { Refused, Task, TaskResult } from '../task.ts';
import type { OpenRun, Workshops } from './workshops.ts';

/** How long a worker holds a task that it cannot do, so that others are faster at getting those that wait. */
const HOLD_MS = 100;
const FIRST_AWAY_MS = 2000;
const MOST_AWAY_MS = 600_000;

/** In this process or in a child of its own. */
type TaskJob = Pick<Job<Task, TaskResult>, 'data' | 'updateProgress' | 'moveToDelayed'> & {
  readonly attemptsStarted?: number;
};

/**
 * Makes the shard of a task. A run that cannot be opened here is no fault of the task: it goes back to the queue, for
 * another worker, and this one is told why.
 *
 * @throws what keeps the shard from being made; the queue tries it again, and notes the reason.
 */
export const processTask = async (
  shops: Workshops,
  job: TaskJob,
  { token = '', signal }: { readonly token?: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<TaskResult> => {
  const { workshop, destination } = await openOrReturn(shops, job, token);
  const options = { destination, ...(signal ? { signal } : {}) };
  const { outcome, samples, record } = await workshop.make(job.data.shard, options);
  return { outcome, samples, failed: record.failed };
};

const openOrReturn = async (shops: Workshops, job: TaskJob, token: string): Promise<OpenRun> => {
  try {
    return await shops.open(job.data);
  } catch (error) {
    const code = error instanceof BoomerangError ? error.code : 'cannot-open';
    const message = error instanceof Error ? error.message : String(error);
    await job.updateProgress({ refused: { run: job.data.run, code, message } } satisfies Refused);
    await pause(HOLD_MS);
    await job.moveToDelayed(Date.now() + awayMs(job), token);
    throw new GoneBack();
  }
};

/** The longer, the more often it was given back: a run that nobody can open must not keep the others from being made. */
const awayMs = ({ attemptsStarted = 1 }: TaskJob): number =>
  Math.min(FIRST_AWAY_MS * 2 ** Math.max(attemptsStarted - 1, 0), MOST_AWAY_MS);

/** As BullMQ's `DelayedError`, which it knows by its name: a child of a worker need not have BullMQ. */
class GoneBack extends Error {
  override readonly name = 'DelayedError';
}
