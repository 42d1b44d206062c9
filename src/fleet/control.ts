import { ArgumentError } from '../errors.ts';
import type { Fleet } from './fleet.ts';
import { clockOf, type RegisteredRun, readRuns, unregisterRun, writeState } from './registry.ts';
import { forgetDead, inQueue, withdraw } from './waiting.ts';

/** After so long without a word, whoever feeds a run is taken to be gone. */
export const SILENT_MS = 30_000;

/** @param now by the clock of Redis. */
export const isFed = ({ told }: RegisteredRun, now: number): boolean => told !== undefined && now - told.at < SILENT_MS;

/**
 * A run on the list.
 *
 * @param id its digest, or how that begins; may be left out where there is one run.
 * @throws ArgumentError `no-such-run`, `which-run`.
 */
export const findRun = async (fleet: Fleet, id: string | undefined): Promise<RegisteredRun> => {
  const runs = await readRuns(fleet.redis);
  const found = id === undefined ? runs : runs.filter((run) => run.id.startsWith(id));
  const [run] = found;
  if (run && found.length === 1) return run;
  const all = runs.map((one) => `${one.id} (${one.entry.places.destination})`).join(', ');
  if (run) throw new ArgumentError('which-run', `there are ${found.length} such runs: ${all}; name one`);
  const there = all ? `the runs are ${all}` : 'it has no runs';
  throw new ArgumentError('no-such-run', `the queue at ${fleet.address.shown} has no run ${id ?? 'at all'}; ${there}`);
};

/** Lets a run rest: shards that are under way are finished, and no others begun. */
export const pauseRun = async (fleet: Fleet, { id, entry }: RegisteredRun): Promise<void> => {
  await writeState(fleet.redis, id, 'paused');
  await withdraw(fleet, inQueue(entry));
};

/** Lets a run that rests go on, fed by whoever started it. */
export const resumeRun = (fleet: Fleet, { id }: RegisteredRun): Promise<void> => writeState(fleet.redis, id, 'active');

/** Ends a run: shards that are under way are finished, what is made stays. */
export const cancelRun = async (fleet: Fleet, run: RegisteredRun): Promise<void> => {
  await writeState(fleet.redis, run.id, 'cancelled');
  const where = inQueue(run.entry);
  await withdraw(fleet, where);
  await forgetDead(fleet, where);
  if (!isFed(run, await clockOf(fleet.redis))) await unregisterRun(fleet.redis, run.id); // else whoever feeds it does so, and ends
};
