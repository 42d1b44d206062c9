import { ArgumentError } from '../../../errors.ts';
import { warn } from '../../../warn.ts';
import { PLAN, planOf } from '../claimDestination.ts';
import type { Destination } from '../destination.ts';
import { doneShards } from '../missingShards.ts';
import { type RunPlan, type Shard, shardCount, shardsFrom, shardsOf } from '../plan.ts';
import { type RunIndex, readIndex } from '../runIndex.ts';
import { type ShardReader, shardReader } from './shardReader.ts';

/** A run that is open for reading. */
export type OpenRun = {
  /** For people. */
  readonly place: string;
  readonly plan: RunPlan;
  /** Absent of a run that is not finished. */
  readonly index: RunIndex | undefined;
  readonly shard: ShardReader;
  /** The shards of the images from a place on, those that are done. */
  shardsFrom(first: number): readonly Shard[];
};

/**
 * Opens what a run has made.
 *
 * @param isPartial whether one that is not finished will do; what it lacks is said.
 * @throws ArgumentError `no-such-run`, `unknown-version`, `unfinished-run`.
 */
export const openRun = async (destination: Destination, isPartial: boolean): Promise<OpenRun> => {
  const { place } = destination;
  const plan = await planOf(destination);
  if (plan === undefined) {
    throw new ArgumentError(
      'no-such-run',
      `there is no run in ${place}: it has no ${PLAN}; name where a run was written`,
    );
  }
  if (plan.version !== 1) {
    const rule = `the run in ${place} is of version ${plan.version}, and this program reads 1`;
    throw new ArgumentError('unknown-version', `${rule}; read it with the program that made it, ${plan.program}`);
  }
  const index = await readIndex(destination);
  const done = index === undefined ? await doneShards(destination) : undefined;
  if (done) admitPartial(place, plan, { done, isPartial });
  return {
    place,
    plan,
    index,
    shard: shardReader(place, index),
    shardsFrom: (first) => [...shardsFrom(plan, first)].filter(({ name }) => done?.has(name) ?? true),
  };
};

type Partial = { readonly done: ReadonlySet<string>; readonly isPartial: boolean };

const admitPartial = (place: string, plan: RunPlan, { done, isPartial }: Partial): void => {
  const missing = [...shardsOf(plan)].filter(({ name }) => !done.has(name));
  const [first] = missing;
  const seen = `the run in ${place} is not finished: ${missing.length} of its ${shardCount(plan)} shards are missing`;
  const what = first === undefined ? `${seen}, and it has no index` : `${seen}, the first is ${first.name}`;
  if (isPartial) {
    warn(`${what}; images that they hold are not there`);
    return;
  }
  const remedy = 'run the same again, which makes what is missing, or say { partial: true }';
  throw new ArgumentError('unfinished-run', `${what}; ${remedy}`);
};
