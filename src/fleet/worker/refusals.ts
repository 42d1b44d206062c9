import type { Worker } from 'bullmq';
import { EnvironmentError } from '../../errors.ts';
import type { Fleet } from '../fleet.ts';
import { readRuns } from '../registry.ts';
import type { Refused, Task, TaskResult } from '../task.ts';
import { inQueue } from '../waiting.ts';
import type { Say } from '../watchConnection.ts';

/**
 * Hears of runs that cannot be opened on this machine, and says it once of each: their tasks go back to the queue.
 *
 * @returns rejects with the reason once there is no other run for this worker.
 */
export const watchRefusals = (fleet: Fleet, worker: Worker<Task, TaskResult>, say: Say): Promise<never> => {
  const refusedRuns = new Set<string>();
  const isAnyLeft = async (): Promise<boolean> => {
    const runs = await readRuns(fleet.redis);
    const own = runs.filter(({ entry, state }) => inQueue(entry).queue === worker.name && state === 'active');
    return own.length === 0 || own.some(({ id }) => !refusedRuns.has(id));
  };
  return new Promise((_, fail) => {
    worker.on('progress', async (_job, progress) => {
      const { refused } = progress as Partial<Refused>;
      if (!refused) return;
      const { run, code, message } = refused;
      if (!refusedRuns.has(run)) say(`run ${run} cannot be made here, and its tasks go back: ${code}: ${message}`);
      refusedRuns.add(run);
      if (!(await isAnyLeft())) fail(new EnvironmentError(code, `run ${run}: ${message}`));
    });
  });
};
