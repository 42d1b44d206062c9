import { uniformStream } from '../src/random.ts';
import type { Figure } from './figure.ts';
import type { Traffic } from './fleetTraffic.ts';
import { exactly, quantile, summarise } from './statistics.ts';

/*
 * Assumptions: every worker is as fast as this machine's run alone; a shard takes as long as its images, give or take a
 * tenth; the data and the destination are no bottleneck, nor is Redis, whose load is what comes out; workers vanish at
 * any moment of the run with the same probability, never come back, and take the shard under way with them; a shard that
 * was lost is seen after the lock has run out, at the next look, 30 to 60 s later. A network of other cost changes the
 * time, and with it the load a second; the load a shard stays.
 */

const WORKERS = 100;
const IMAGES = 10_000_000;
const SHARD_IMAGES = 256;
const LOCK_SECONDS = 30;
const TRIALS = 20;

type Simulated = Traffic & {
  /** That an image takes on one machine. */
  readonly imageSeconds: number;
};

/** What a hundred workers would do with ten million images. */
export function* simulateFleet({ imageSeconds, ...traffic }: Simulated): Generator<Figure> {
  const shards = Math.ceil(IMAGES / SHARD_IMAGES);
  const shardSeconds = imageSeconds * SHARD_IMAGES;
  const whole = makespan({ shards, shardSeconds, lost: 0, trial: 0 });
  const table = `Simulated: ${WORKERS} workers, ${IMAGES / 1e6} million images in shards of ${SHARD_IMAGES}`;
  const common = { bench: 'fleet', table, engine: 'none', at: { workers: WORKERS } };
  const perSecond = shards / whole;
  const { run, worker } = traffic;
  const load = (each: number, kind: 'operations' | 'bytes'): number =>
    each * perSecond + run[kind] + worker[kind] * WORKERS;
  yield { ...common, what: 'time', unit: 'h', ...exactly(whole / 3600) };
  const operations = load(traffic.operationsPerShard, 'operations');
  yield { ...common, what: 'commands a second', unit: '', ...exactly(operations) };
  const bytes = load(traffic.bytesPerShard, 'bytes');
  yield { ...common, what: 'through Redis', unit: 'kB/s', ...exactly(bytes / 1000) };
  yield { ...common, what: 'through Redis, in all', unit: 'MB', ...exactly((bytes * whole) / 1e6) };
  const lost = Math.round(WORKERS / 10);
  const trials = Array.from({ length: TRIALS }, (_, trial) => makespan({ shards, shardSeconds, lost, trial }));
  const longer = trials.map((one) => 100 * (one / whole - 1));
  yield { ...common, what: `longer when ${lost} vanish`, unit: '%', ...summarise(longer) };
  const again = lost * (shardSeconds / 2 + 1.5 * LOCK_SECONDS);
  yield { ...common, what: 'of it: lost work and waiting for locks, of all workers', unit: 's', ...exactly(again) };
  yield { ...common, what: 'longest of the trials', unit: '%', ...exactly(quantile(longer, 1)) };
}

type Trial = { readonly shards: number; readonly shardSeconds: number; readonly lost: number; readonly trial: number };

/** Seconds until all shards are there: whoever is free takes the next one. */
const makespan = ({ shards, shardSeconds, lost, trial }: Trial): number => {
  const next = uniformStream(['fleet simulation', trial]);
  const ideal = (shards * shardSeconds) / WORKERS;
  const gone = Array.from({ length: WORKERS }, (_, n) => (n < lost ? next() * ideal : Number.POSITIVE_INFINITY));
  const freeAt = gone.map(() => 0);
  const back: number[] = []; // when shards that were lost can be taken again
  let [left, end] = [shards, 0];
  while (left > 0 || back.length > 0) {
    const worker = freeAt.indexOf(Math.min(...freeAt));
    const now = freeAt[worker] as number;
    const due = back.findIndex((at) => at <= now);
    if (due < 0 && left === 0) {
      freeAt[worker] = Math.min(...back); // nothing else is there but to wait
      continue;
    }
    if (due >= 0) back.splice(due, 1);
    else left -= 1;
    const done = now + shardSeconds * (0.9 + 0.2 * next());
    if (done > (gone[worker] as number)) {
      back.push((gone[worker] as number) + LOCK_SECONDS * (1 + next()));
      freeAt[worker] = Number.POSITIVE_INFINITY;
    } else {
      freeAt[worker] = done;
      end = Math.max(end, done);
    }
  }
  return end;
};
