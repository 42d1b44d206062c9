import type { Destination } from './destination.ts';
import { type RunPlan, type Shard, shardsOf } from './plan.ts';

/** The names of the shards that are done. */
export const doneShards = async (destination: Destination): Promise<ReadonlySet<string>> => {
  const done = new Set<string>();
  for await (const name of destination.list('shards/')) done.add(name.slice('shards/'.length, -'.json'.length));
  return done;
};

/** The shards of a run that are not done yet, in their order. */
export const missingShards = async (destination: Destination, plan: RunPlan): Promise<Shard[]> => {
  const done = await doneShards(destination);
  return [...shardsOf(plan)].filter(({ name }) => !done.has(name));
};
