import { EnvironmentError } from '../errors.ts';
import { type RunEntry, runId } from './entry.ts';
import type { Fleet } from './fleet.ts';
import { readState, registerRun, unregisterRun } from './registry.ts';
import type { Say } from './watchConnection.ts';

type Followed = { readonly fleet: Fleet; readonly entry: RunEntry; readonly say: Say };

/**
 * Follows what people want of a run: `run pause`, `resume` and `cancel` write it into the list.
 *
 * @returns tells at each call what to do; `lost` once after Redis has lost the list: then the queue is empty, too, and
 *   the run is on the list again. It throws EnvironmentError `run-cancelled`, after the run was taken off the list.
 */
export const startFollowing = ({
  fleet: { redis },
  entry,
  say,
}: Followed): (() => Promise<'active' | 'paused' | 'lost'>) => {
  const id = runId(entry);
  let wasPaused = false;
  return async () => {
    const state = await readState(redis, id);
    if (state === 'cancelled') {
      await unregisterRun(redis, id);
      throw new EnvironmentError(
        'run-cancelled',
        `run ${id} was cancelled; what is made stays, and the same command goes on`,
      );
    }
    if (state === undefined) {
      await registerRun(redis, entry);
      return 'lost';
    }
    const isPaused = state === 'paused';
    if (isPaused && !wasPaused) say(`run ${id} is paused; boomerang run resume ${id} goes on`);
    if (!isPaused && wasPaused) say(`run ${id} goes on`);
    wasPaused = isPaused;
    return state;
  };
};
