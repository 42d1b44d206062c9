import { isFed } from './control.ts';
import type { Fleet } from './fleet.ts';
import type { Progress } from './progress.ts';
import { clockOf, type RegisteredRun, type RunState, readRuns } from './registry.ts';
import { type DeadLetter, deadLetters, inQueue, shardsInQueue } from './waiting.ts';

/** How a run on the list stands. */
export type RunStatus = {
  readonly id: string;
  readonly state: RunState;
  /** Whether whoever started it is still there, and fills the queue. */
  readonly isFed: boolean;
  readonly priority: number;
  readonly data: string;
  readonly destination: string;
  readonly model: { readonly name: string; readonly digest: string };
  readonly program: string;
  /** What was told last; absent before the first word. */
  readonly progress?: Progress;
  /** Workers that are connected now, for whichever run of this model. */
  readonly workers: number;
  /** Shards that wait or are under way. */
  readonly inQueue: number;
  readonly dead: readonly DeadLetter[];
};

/** How all runs stand, in the order in which they go first. */
export const readStatus = async (fleet: Fleet): Promise<RunStatus[]> => {
  const [runs, now] = [await readRuns(fleet.redis), await clockOf(fleet.redis)];
  const all = await Promise.all(runs.map((run) => statusOf(fleet, run, now)));
  return all.sort((one, other) => one.priority - other.priority);
};

const statusOf = async (fleet: Fleet, run: RegisteredRun, now: number): Promise<RunStatus> => {
  const { id, entry, state, told } = run;
  const where = inQueue(entry);
  const { at: _, ...progress } = told ?? { at: 0 };
  return {
    id,
    state,
    isFed: isFed(run, now),
    priority: entry.priority,
    data: entry.places.data,
    destination: entry.places.destination,
    model: { name: entry.model, digest: entry.plan.model.digest },
    program: entry.plan.program,
    ...(told ? { progress: progress as Progress } : {}),
    workers: await fleet.queue(where.queue).getWorkersCount(),
    inQueue: (await shardsInQueue(fleet, where)).length,
    dead: await deadLetters(fleet, where),
  };
};
