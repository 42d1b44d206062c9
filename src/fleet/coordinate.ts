import { EnvironmentError } from '../errors.ts';
import { checkFailed } from '../node/runs/failures.ts';
import { finishRun } from '../node/runs/finishRun.ts';
import { shardCount } from '../node/runs/plan.ts';
import type { RunIndex } from '../node/runs/runIndex.ts';
import type { Coordinated } from './coordinated.ts';
import { type Feeder, startFeeder } from './feeder.ts';
import { startFollowing } from './followState.ts';
import { type Heard, listen } from './listen.ts';
import { registerRun, unregisterRun } from './registry.ts';
import { startReport } from './report.ts';
import { startTally } from './tally.ts';
import { forgetDead, inQueue } from './waiting.ts';

/**
 * Has the workers of a fleet make what is missing of a run, and finishes it. Whoever does this may be killed: what is in
 * the queue is made nevertheless, and the next one goes on. Two may do it at once.
 *
 * @throws what the signal was aborted with; EnvironmentError `run-cancelled`, `dead-shards`; BoomerangError
 *   `too-many-failed`.
 */
export const coordinate = async (what: Coordinated): Promise<Finished> => {
  const { fleet, entry, destination, signal, mostFailed } = what;
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
  const working = work(what);
  const made = await Promise.race([aborted, working]).catch(async (error) => {
    if (fleet.redis.status === 'ready') await working; // else it waits for Redis, and cannot be called off
    throw error;
  });
  const index = await finishRun(destination, entry.plan, mostFailed === undefined ? {} : { mostFailed });
  await Promise.race([aborted, unregisterRun(fleet.redis, inQueue(entry).run)]);
  return { index, made };
};

export type Finished = {
  readonly index: RunIndex;
  /** Shards that were missing in the beginning. */
  readonly made: number;
};

const work = async (what: Coordinated): Promise<number> => {
  const { fleet, entry, signal, mostFailed = Number.POSITIVE_INFINITY } = what;
  const feeder = startFeeder(what);
  const tally = startTally(feeder, shardCount(entry.plan));
  const [follow, report, heard] = [startFollowing(what), startReport(what, tally), listen(what, feeder, tally)];
  try {
    await registerRun(fleet.redis, entry);
    await forgetDead(fleet, inQueue(entry));
    await heard.look();
    const missing = feeder.left();
    for (let isOver = false; !isOver && !signal.aborted; ) {
      const state = await follow();
      if (state === 'lost' || heard.isUnsure()) await heard.look();
      if (state === 'paused' && feeder.inQueue() > 0) await feeder.takeBack();
      if (state !== 'paused') isOver = await advance(feeder, heard);
      await report();
      checkFailed(tally.failed(), mostFailed);
      if (!isOver) await heard.wait();
    }
    throwIfDead(feeder);
    return missing;
  } catch (error) {
    if (!signal.aborted) await feeder.takeBack();
    throw error;
  } finally {
    heard.stop();
  }
};

/** @returns whether nothing is left to be done, by the destination. */
const advance = async (feeder: Feeder, heard: Heard): Promise<boolean> => {
  if (feeder.left() === 0) await heard.look();
  await feeder.feed();
  return feeder.left() === 0;
};

const SHOWN = 3;

const throwIfDead = (feeder: Feeder): void => {
  const dead = feeder.dead();
  if (dead.length === 0) return;
  const reasons = dead.slice(0, SHOWN).map(({ shard, why }) => `${shard.name} (${why})`);
  const more = dead.length > SHOWN ? ', …' : '';
  throw new EnvironmentError(
    'dead-shards',
    `${dead.length} shards failed again and again: ${reasons.join(', ')}${more}; all others are made, and the same command tries these again`,
  );
};
