import type { RunPlan, Shard } from './plan.ts';
import { shardCount, shardsOf } from './plan.ts';

/** One of several parts of a run, counted from 0. */
export type Part = { readonly index: number; readonly of: number };

/**
 * The shards of a part: those that follow one another, so that it reads its share of the data and little else. With
 * more parts than shards some have none.
 */
export const shardsOfPart = (plan: RunPlan, { index, of }: Part): Shard[] => {
  const count = shardCount(plan);
  const [from, to] = [Math.floor((index * count) / of), Math.floor(((index + 1) * count) / of)];
  return [...shardsOf(plan)].slice(from, to);
};
