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
  /** Of a run that is under way and its one worker, without what shards take: lists, locks, waiting. */
  readonly operationsPerSecond: number;
  readonly bytesPerSecond: number;
};

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
  const quiet = await between(fleet, () => resting(fleet, scene));
  const busy = await between(fleet, () => coordinate({ ...scene, fleet, signal: signal.signal, say: () => undefined }));
  const operationsPerSecond = quiet.operations / quiet.seconds;
  const bytesPerSecond = quiet.bytes / quiet.seconds;
  const traffic: Traffic = {
    operationsPerShard: (busy.operations - operationsPerSecond * busy.seconds) / shards,
    bytesPerShard: (busy.bytes - bytesPerSecond * busy.seconds) / shards,
    ...{ operationsPerSecond, bytesPerSecond },
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
  await Promise.race([rests, new Promise((done) => setTimeout(done, QUIET_MS))]);
  controller.abort(new Error('rested'));
  await rests.catch(() => undefined);
  await resumeRun(fleet, run);
};

const between = async (fleet: Fleet, work: () => Promise<unknown>) => {
  const before = await countNow(fleet);
  await work();
  const after = await countNow(fleet);
  return {
    operations: after.operations - before.operations,
    bytes: after.bytes - before.bytes,
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
    ['a second of a run and a worker at rest', traffic.operationsPerSecond, traffic.bytesPerSecond],
  ] as const;
  return rows.flatMap(([of, operations, bytes]) => [
    { ...common, at: { of }, what: 'commands, those in scripts included', unit: '', ...exactly(operations) },
    { ...common, at: { of }, what: 'both ways', unit: 'bytes', ...exactly(bytes) },
  ]);
};
