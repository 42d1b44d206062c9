import { coordinate, type Finished } from '../../src/fleet/coordinate.ts';
import { type Fleet, openFleet } from '../../src/fleet/fleet.ts';
import type { Progress } from '../../src/fleet/progress.ts';
import { readQueueAddress } from '../../src/fleet/queueAddress.ts';
import { type StartedWorker, startWorker, type WorkerWishes } from '../../src/fleet/worker/startWorker.ts';
import { FASHION, type Scene } from './fleetScene.ts';
import { type RedisServer, startRedis } from './redisServer.ts';

export type Coordinating = {
  readonly ended: Promise<Finished>;
  readonly said: readonly string[];
  readonly progress: readonly Progress[];
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
};

export type Hands = {
  readonly redis: RedisServer;
  /** A connection to look at the queue with. */
  readonly fleet: Fleet;
  /** Starts a run, with a connection of its own. */
  coordinate(scene: Scene, wishes?: { readonly mostFailed?: number }): Promise<Coordinating>;
  /** Starts a worker in this process, with a connection of its own. */
  work(scene: Scene, wishes?: Partial<WorkerWishes>): Promise<StartedWorker & { readonly said: readonly string[] }>;
};

/** A Redis of its own for each test of a suite, and what works with it; all of it is ended afterwards. */
export const fleetHands = (): (() => Hands) => {
  let hands: Hands;
  const endings: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    const redis = await startRedis();
    endings.push(() => redis.close());
    const open = async (): Promise<Fleet> => {
      const fleet = await openFleet(readQueueAddress(redis.url));
      endings.push(() => fleet.close());
      return fleet;
    };
    hands = {
      redis,
      fleet: await open(),
      async coordinate(scene, wishes = {}) {
        const fleet = await open();
        const controller = new AbortController();
        const [said, progress] = [[] as string[], [] as Progress[]];
        const ended = coordinate({
          ...{ fleet, ...scene, ...wishes, signal: controller.signal },
          say: (line) => void said.push(line),
          onProgress: (now) => void progress.push(now),
        });
        ended.catch(() => undefined); // whoever wants to know awaits it
        const stop = async (): Promise<void> => {
          controller.abort(new Error('stopped'));
          await ended.catch(() => undefined);
        };
        endings.push(stop);
        return { ended, said, progress, stop };
      },
      async work(scene, wishes = {}) {
        const fleet = await open();
        const said: string[] = [];
        const setting = { model: FASHION, load: {}, backend: 'wasm' };
        const digest = scene.model.digest;
        const usual = { setting, digest, concurrency: 1, isInProcess: true, lockSeconds: 5 };
        const started = startWorker(fleet, { ...usual, say: (line) => void said.push(line), ...wishes });
        started.useless.catch(() => undefined);
        endings.push(() => started.close());
        return { ...started, said };
      },
    };
  });
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  return () => hands;
};

/** Waits until something holds; some minutes at most, which no test gets to. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 300_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
};
