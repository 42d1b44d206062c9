import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { coordinate } from '../src/fleet/coordinate.ts';
import { type Fleet, openFleet } from '../src/fleet/fleet.ts';
import { QUEUE_VARIABLE, readQueueAddress } from '../src/fleet/queueAddress.ts';
import { chooseBackend } from '../src/node/backend.ts';
import { finishRun } from '../src/node/runs/finishRun.ts';
import { openWorkshop } from '../src/node/runs/openWorkshop.ts';
import { shardsOf } from '../src/node/runs/plan.ts';
import { runShards } from '../src/node/runs/runShards.ts';
import { planScene, type Scene, writeGreys } from '../test/support/fleetScene.ts';
import { startRedis } from '../test/support/redisServer.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { FASHION, withScratch } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { emptyTasks } from './fleetEmpty.ts';
import { simulateFleet } from './fleetSimulation.ts';
import { trafficOf } from './fleetTraffic.ts';
import { interleave, type Subject } from './measure.ts';
import { ratios, summarise } from './statistics.ts';

const WORKERS = [1, 2, 4];
const SHARD_IMAGES = 64;
const shardsIn = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 2 : 8);
const roundsOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 1 : 5);

export const fleet: Benchmark = {
  about: 'how many images a second do workers of a queue make, beside a run alone, and what would a hundred do?',
  seconds: (setting) => 40 + (roundsOf(setting) + 2) * shardsIn(setting) * 4 * 2,
  run: (setting) =>
    withScratch(async function* (scratch) {
      await chooseBackend();
      const images = shardsIn(setting) * SHARD_IMAGES;
      const data = writeGreys(join(scratch, 'data'), images);
      const redis = await startRedis();
      const ends: (() => Promise<unknown>)[] = [() => redis.close()];
      try {
        const fleets: Record<string, Fleet> = {};
        for (const count of WORKERS) {
          const url = `${redis.url}/${count}`; // a database for each, so that workers of the others have nothing to do
          const own = await openFleet(readQueueAddress(url));
          const workers = await startWorkers(url, count);
          fleets[`${count}`] = own;
          ends.push(() => own.close(), ...workers.map((worker) => () => ended(worker)));
        }
        const out = placesIn(scratch);
        const plan = (): Promise<Scene> => planScene({ data, out: out(), ...HOW });
        const subjects: Record<string, Subject> = { alone: { run: async () => alone(await plan()) } };
        for (const [count, own] of Object.entries(fleets))
          subjects[count] = { run: async () => together(await plan(), own) };
        const ms = await interleave(subjects, { rounds: roundsOf(setting) });
        yield* figuresOf(ms, images);
        const one = fleets['1'] as Fleet;
        yield* await emptyTasks(one);
        const traffic = await trafficOf(one, await planScene({ data, out: out(), ...HOW, shardImages: 4 }));
        yield* traffic.figures;
        const shardSeconds = summarise(ms['alone'] ?? []).median / 1000 / shardsIn(setting) / SHARD_IMAGES;
        yield* simulateFleet({ imageSeconds: shardSeconds, ...traffic });
      } finally {
        for (const end of ends.reverse()) await end();
      }
    }),
};

const HOW = { shardImages: SHARD_IMAGES, augment: { seed: 'bench', strength: 0.3, steps: 20 } };

function* figuresOf(ms: Readonly<Record<string, number[]>>, images: number): Generator<Figure> {
  const table = 'Images a second, and the time beside that of a run alone';
  const first = ms['alone'] ?? [];
  for (const [name, times] of Object.entries(ms)) {
    const common = { bench: 'fleet', table, engine: 'onnx', at: { workers: name } };
    const rate = summarise(times.map((one) => (images * 1000) / one));
    yield { ...common, what: 'images a second', unit: '', ...rate };
    const wanted = name === '1' ? { wanted: { most: 1.03 } } : {};
    yield { ...common, what: 'time / alone', unit: '', ...summarise(ratios(times, first)), ...wanted };
  }
}

/** Folders, each for one run. */
const placesIn = (scratch: string): (() => string) => {
  let count = 0;
  return () => {
    count += 1;
    return join(scratch, `out-${count}`);
  };
};

const alone = async ({ entry, destination, model }: Scene): Promise<void> => {
  const workshop = await openWorkshop({ plan: entry.plan, data: entry.places.data, model });
  const shards = [...shardsOf(entry.plan)];
  const signal = new AbortController().signal;
  await runShards(workshop, { destination, shards, signal, mostFailed: Number.POSITIVE_INFINITY });
  await finishRun(destination, entry.plan);
  await workshop.close();
};

const together = (scene: Scene, own: Fleet): Promise<unknown> =>
  coordinate({ ...scene, fleet: own, signal: new AbortController().signal, say: () => undefined });

/** As on machines of their own. */
const startWorkers = (url: string, count: number): Promise<ChildProcess[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const main = join(import.meta.dirname, '../src/cli/main.ts');
      const worker = spawn(process.execPath, ['--import', 'tsx', main, 'worker', '--model', FASHION], {
        env: { ...process.env, [QUEUE_VARIABLE]: url },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      await new Promise<void>((done, fail) => {
        let said = '';
        worker.stderr?.on('data', (text) => {
          said += text;
          if (said.includes('waiting for one')) done();
        });
        worker.once('exit', () => fail(new Error(`a worker ended: ${said}`)));
      });
      return worker;
    }),
  );

const ended = async (worker: ChildProcess): Promise<void> => {
  const exit = once(worker, 'exit');
  worker.kill('SIGTERM');
  await exit;
};
