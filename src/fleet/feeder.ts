import type { Destination } from '../node/runs/destination.ts';
import { missingShards } from '../node/runs/missingShards.ts';
import { planDigest, type Shard } from '../node/runs/plan.ts';
import type { RunEntry } from './entry.ts';
import type { Fleet } from './fleet.ts';
import { taskId, taskOptions } from './task.ts';
import { type DeadLetter, deadLetters, inQueue, shardsInQueue, withdraw } from './waiting.ts';

/** Tasks of a run that wait or are under way: enough for hundreds of workers, and no more than Redis hardly notices. */
const MOST_IN_QUEUE = 400;
/** Tasks that are put at once; fewer only at the end. */
const BATCH = 50;

/** Brings the shards of a run into its queue, little by little. What is done, the destination says. */
export type Feeder = {
  /** Looks at the destination and the queue anew: what is missing in both is to be fed. */
  look(): Promise<void>;
  /** Fills the queue. */
  feed(): Promise<void>;
  /** Takes back what nobody has begun. */
  takeBack(): Promise<void>;
  /** Notes that a task is done. @returns whether it was one of this run that was not known to be. */
  done(id: string): Shard | undefined;
  /** Notes that a task failed for the last time. */
  died(id: string, why: string): Shard | undefined;
  /** Shards that are neither done nor dead. */
  left(): number;
  inQueue(): number;
  dead(): readonly DeadLetter[];
};

type Source = { readonly fleet: Fleet; readonly entry: RunEntry; readonly destination: Destination };

export const startFeeder = ({ fleet, entry, destination }: Source): Feeder => {
  const where = inQueue(entry);
  const plan = planDigest(entry.plan);
  const queue = fleet.queue(where.queue);
  let toFeed: Shard[] = []; // the next one last
  const queued = new Map<string, Shard>();
  const dead = new Map<string, DeadLetter>();

  const look = async (): Promise<void> => {
    const letters = await deadLetters(fleet, where);
    const inside = new Set(await shardsInQueue(fleet, where)); // before the destination: what ends in between is fed twice, not lost
    const missing = await missingShards(destination, entry.plan);
    dead.clear();
    queued.clear();
    for (const letter of letters) dead.set(letter.shard.name, letter);
    for (const shard of missing) if (inside.has(shard.name)) queued.set(shard.name, shard);
    toFeed = missing.filter(({ name }) => !inside.has(name) && !dead.has(name)).reverse();
  };

  const feed = async (): Promise<void> => {
    while (toFeed.length > 0 && queued.size <= MOST_IN_QUEUE - Math.min(BATCH, toFeed.length)) {
      const shards = toFeed.slice(-BATCH).reverse();
      await queue.addBulk(
        shards.map((shard) => {
          const task = { run: where.run, plan, shard, places: entry.places };
          return { name: 'shard', data: task, opts: taskOptions(task, entry.priority) };
        }),
      );
      toFeed.length -= shards.length;
      for (const shard of shards) queued.set(shard.name, shard);
    }
  };

  const takeBack = async (): Promise<void> => {
    for (const name of await withdraw(fleet, where)) {
      const shard = queued.get(name);
      if (shard && queued.delete(name)) toFeed.push(shard);
    }
  };

  const settle = (id: string): Shard | undefined => {
    const begin = taskId(where.run, '');
    const name = id.startsWith(begin) ? id.slice(begin.length) : '';
    const shard = queued.get(name);
    queued.delete(name);
    return shard;
  };

  return {
    look,
    feed,
    takeBack,
    done: settle,
    died(id, why) {
      const shard = settle(id);
      if (shard) dead.set(shard.name, { shard, why });
      return shard;
    },
    left: () => toFeed.length + queued.size,
    inQueue: () => queued.size,
    dead: () => [...dead.values()],
  };
};
