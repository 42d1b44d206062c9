import type { Redis } from 'ioredis';
import { type RunEntry, runId } from './entry.ts';
import type { Progress } from './progress.ts';
import { PREFIX } from './task.ts';

export type RunState = 'active' | 'paused' | 'cancelled';

/** What whoever feeds a run told last, and when, in ms by the clock of Redis. */
export type Told = Progress & { readonly at: number };

export type RegisteredRun = {
  /** By what it is known in the queue. */
  readonly id: string;
  readonly entry: RunEntry;
  readonly state: RunState;
  /** Absent before the first word. */
  readonly told?: Told;
};

const RUNS = `${PREFIX}:runs`;
const STATES = `${PREFIX}:run-states`;
const TOLD = `${PREFIX}:run-progress`;

/** Puts a run on the list. One that is paused stays so; one that was cancelled begins again. */
export const registerRun = async (redis: Redis, entry: RunEntry): Promise<RunState> => {
  const id = runId(entry);
  await redis.hset(RUNS, id, JSON.stringify(entry));
  if ((await redis.hget(STATES, id)) === 'paused') return 'paused';
  await redis.hset(STATES, id, 'active');
  return 'active';
};

export const unregisterRun = async (redis: Redis, id: string): Promise<void> => {
  for (const key of [RUNS, STATES, TOLD]) await redis.hdel(key, id);
};

/** @returns undefined where the run is not on the list: Redis has lost it, or somebody has taken it off. */
export const readState = async (redis: Redis, id: string): Promise<RunState | undefined> =>
  ((await redis.hget(STATES, id)) as RunState | null) ?? undefined;

export const writeState = async (redis: Redis, id: string, state: RunState): Promise<void> => {
  await redis.hset(STATES, id, state);
};

export const tellProgress = async (redis: Redis, id: string, progress: Progress): Promise<void> => {
  await redis.hset(TOLD, id, JSON.stringify({ ...progress, at: await clockOf(redis) } satisfies Told));
};

/** ms since 1970 by the clock of Redis, since those of machines differ. */
export const clockOf = async (redis: Redis): Promise<number> => {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
};

/** All runs on the list, in the order of their names; those of another form, which another version wrote, are left out. */
export const readRuns = async (redis: Redis): Promise<RegisteredRun[]> => {
  const [entries, states, told] = await Promise.all([RUNS, STATES, TOLD].map((key) => redis.hgetall(key)));
  return Object.entries(entries ?? {})
    .map(([id, text]) => ({
      id,
      entry: JSON.parse(text) as RunEntry,
      state: (states?.[id] ?? 'active') as RunState,
      ...(told?.[id] ? { told: JSON.parse(told[id]) as Told } : {}),
    }))
    .filter(({ entry }) => entry.version === 1)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
};
