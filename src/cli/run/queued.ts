import { ArgumentError } from '../../errors.ts';
import { type Fleet, openFleet } from '../../fleet/fleet.ts';
import { readQueueAddress } from '../../fleet/queueAddress.ts';
import { toCount } from '../numbers.ts';
import type { RunCommand } from './options.ts';

/** The queue that a run is given to, and when its turn is. */
export type Queued = { readonly fleet: Fleet; readonly priority: number };

const USUAL = 100;
const MOST = 1000;

/**
 * The queue that the command line says; undefined where this machine makes the run itself.
 *
 * @throws ArgumentError `not-used`, `bad-priority`, `bad-queue`, `no-queue`; EnvironmentError `no-queue`, `missing-package`.
 */
export const openQueued = async ({ queue, priority, shard }: RunCommand): Promise<Queued | undefined> => {
  if (queue === undefined) {
    if (priority === undefined) return undefined;
    throw new ArgumentError('not-used', '--priority is about runs in a queue; name it with --queue, or leave it out');
  }
  if (shard !== undefined) {
    throw new ArgumentError('not-used', '--shard is not for a queue, which gives every worker its part; leave it out');
  }
  const asked = priority === undefined ? USUAL : toCount(priority, 'priority');
  if (asked > MOST)
    throw new ArgumentError('bad-priority', `priority must be 1 to ${MOST}, got ${priority}; 1 goes first`);
  return { fleet: await openFleet(readQueueAddress(queue === true ? undefined : queue)), priority: asked };
};
