import { setTimeout as pause } from 'node:timers/promises';
import { pauseRun, resumeRun } from '../src/fleet/control.ts';
import { coordinate } from '../src/fleet/coordinate.ts';
import { runId } from '../src/fleet/entry.ts';
import type { Fleet } from '../src/fleet/fleet.ts';
import { registerRun } from '../src/fleet/registry.ts';
import { shardCount } from '../src/node/runs/plan.ts';
import type { Scene } from '../test/support/fleetScene.ts';
import type { Figure } from './figure.ts';
import { exactly } from './statistics.ts';

/** What goes through Redis, as it counts it itself. */
export type Traffic = {
  readonly operationsPerShard: number;
  readonly bytesPerShard: number;
  /** Of a run, whatever it has to do: its place on the list, its progress. */
  readonly run: Rate;
  /** Of a worker that waits for work. */
  readonly worker: Rate;
};

/** In a second. */
type Rate = { readonly operations: number; readonly bytes: number };

type Count = { readonly operations: number; readonly bytes: number; readonly at: number };

const QUIET_MS = 10_000;

/**
 * Counts what a run of many small shards sends through Redis, and what it sends while nothing happens.
 *
 * @param scene of shards that are done soon.
 */
export const trafficOf = async (fleet: Fleet, scene: Scene): Promise<Traffic & { readonly figures: Figure[] }> => {
  const shards = shardCount(scene.entry.plan);
  const signal = new AbortController();
  const worker = rateOf(await between(fleet, () => pause(QUIET_MS)));
  const both = rateOf(await between(fleet, () => resting(fleet, scene)));
  const busy = await between(fleet, () => coordinate({ ...scene, fleet, signal: signal.signal, say: () => undefined }));
  const traffic: Traffic = {
    operationsPerShard: (busy.operations - both.operations * busy.seconds) / shards,
    bytesPerShard: (busy.bytes - both.bytes * busy.seconds) / shards,
    worker,
    run: { operations: both.operations - worker.operations, bytes: both.bytes - worker.bytes },
  };
  return { ...traffic, figures: figuresOf(traffic, shards) };
};

/** A run that is paused has its list read and its progress told, and its worker waits. */
const resting = async (fleet: Fleet, scene: Scene): Promise<void> => {
  const run = { id: runId(scene.entry), entry: scene.entry, state: 'active' } as const;
  await registerRun(fleet.redis, scene.entry);
  await pauseRun(fleet, run);
  const controller = new AbortController();
  const rests = coordinate({ ...scene, fleet, signal: controller.signal, say: () => undefined });
  await Promise.race([rests, pause(QUIET_MS)]);
  controller.abort(new Error('rested'));
  await rests.catch(() => undefined);
  await resumeRun(fleet, run);
};

const rateOf = ({ operations, bytes, seconds }: Spent): Rate => ({
  operations: operations / seconds,
  bytes: bytes / seconds,
});

type Spent = Rate & { readonly seconds: number };

const between = async (fleet: Fleet, work: () => Promise<unknown>): Promise<Spent> => {
  const first = await countNow(fleet);
  const before = await countNow(fleet); // from one to the other, what counting itself takes
  await work();
  const after = await countNow(fleet);
  return {
    operations: after.operations - 2 * before.operations + first.operations,
    bytes: after.bytes - 2 * before.bytes + first.bytes,
    seconds: (after.at - before.at) / 1000,
  };
};

/** Commands that scripts call count as well: Redis has to run them. */
const countNow = async ({ redis }: Fleet): Promise<Count> => {
  const [commands, stats] = [await redis.info('commandstats'), await redis.info('stats')];
  const operations = [...commands.matchAll(/:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
  const number = (name: string): number => Number(new RegExp(`${name}:(\\d+)`).exec(stats)?.[1]);
  const bytes = number('total_net_input_bytes') + number('total_net_output_bytes');
  return { operations, bytes, at: performance.now() };
};

const figuresOf = (traffic: Traffic, shards: number): Figure[] => {
  const common = { bench: 'fleet', table: 'What goes through Redis', engine: 'onnx' };
  const rows = [
    [`a shard, of ${shards}`, traffic.operationsPerShard, traffic.bytesPerShard],
    ['a second of a run', traffic.run.operations, traffic.run.bytes],
    ['a second of a worker that waits', traffic.worker.operations, traffic.worker.bytes],
  ] as const;
  return rows.flatMap(([of, operations, bytes]) => [
    { ...common, at: { of }, what: 'commands, those in scripts included', unit: '', ...exactly(operations) },
    { ...common, at: { of }, what: 'both ways', unit: 'bytes', ...exactly(bytes) },
  ]);
};
