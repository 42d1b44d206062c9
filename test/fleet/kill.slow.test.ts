import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { shuffled, uniformStream } from '../../src/random.ts';
import { commandsOnTheirOwn, type OnItsOwn, runArgs, workerArgs } from '../support/fleetCli.ts';
import { until } from '../support/fleetHands.ts';
import { filesBelow, recordsIn, writeGreys } from '../support/fleetScene.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redisServer.ts';
import { scratchFolder } from '../support/scratch.ts';
import { shared } from '../support/shared.ts';

/** 10000 takes the test images of Fashion-MNIST, and the time that they need. */
const IMAGES = Number(process.env['BOOMERANG_FLEET_IMAGES'] ?? 480);
const SEED = process.env['BOOMERANG_FLEET_SEED'] ?? 'kill';
const SHARDS = 40;
/** A shard of either size takes about a second on two cores: long enough to be killed in. */
const STEPS = IMAGES > 1000 ? 1 : 10;
const LOCK_MS = 3000;

describeRedis('a run by four workers, two of which are killed, and one is held up', () => {
  const path = scratchFolder();
  const start = commandsOnTheirOwn();
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.close());

  const data = (): string => {
    if (IMAGES !== 10_000) return writeGreys(path('data'), IMAGES);
    mkdirSync(path('data'), { recursive: true });
    for (const name of ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz']) {
      copyFileSync(shared(join('data/fashion-mnist', name)), join(path('data'), name.replace('t10k', 'train')));
    }
    return path('data');
  };

  it('equals that of a single machine byte for byte, though Redis ended twice, once with all that it held', async () => {
    const args = (out: string, ...more: readonly string[]): string[] =>
      runArgs(data(), path(out), ...more, '--shard-images', `${IMAGES / SHARDS}`, '--steps', `${STEPS}`);
    const alone = start(args('alone'));
    expect(await alone.status, alone.said.stderr).to.equal(0);

    const next = uniformStream([SEED, 'moments']);
    const workers = Array.from({ length: 4 }, () => start(workerArgs(), { queue: redis.url }));
    const [first, second, third, fourth] = workers as [OnItsOwn, OnItsOwn, OnItsOwn, OnItsOwn];
    await Promise.all(workers.map((worker) => worker.hears('waiting for one')));
    const run = start(args('out', '--queue'), { queue: redis.url });
    const deeds: Readonly<Record<string, () => Promise<void>>> = {
      'the first is killed': async () => first.signal('SIGKILL'),
      'the second is killed': async () => second.signal('SIGKILL'),
      async 'the third is held up'() {
        third.signal('SIGSTOP');
        const end = Date.now() + 2 * LOCK_MS;
        await until('its lock is lost', () => Date.now() > end);
        third.signal('SIGCONT');
      },
      async 'Redis ends, and comes back with what it held'() {
        await redis.stop('SIGKILL');
        await redis.start();
      },
      async 'Redis ends, and comes back empty'() {
        await redis.stop('SIGKILL');
        await redis.start({ isEmpty: true });
      },
    };
    const order = shuffled(Object.keys(deeds), [SEED, 'order']);
    const moments = order.map(() => 0.05 + 0.8 * next()).sort((one, other) => one - other);
    for (const [n, deed] of order.entries()) {
      await until(`${deed}, after ${moments[n]}`, async () => {
        if (run.child.exitCode !== null) throw new Error(`it ended before ${deed}: ${run.said.stderr}`);
        return (await recordsIn(path('out'))).length >= SHARDS * (moments[n] as number);
      });
      await deeds[deed]?.();
    }
    expect(await run.status, run.said.stderr).to.equal(0);
    for (const worker of [third, fourth]) worker.signal('SIGTERM');
    for (const worker of [third, fourth]) expect(await worker.status, worker.said.stderr).to.equal(143);

    const [made, wanted] = [await filesBelow(path('out')), await filesBelow(path('alone'))];
    expect(Object.keys(made)).to.deep.equal(Object.keys(wanted));
    for (const [name, bytes] of Object.entries(wanted)) expect(made[name] === bytes, name).to.equal(true);
    expect(run.said.stdout).to.match(new RegExp(`holds ${IMAGES} samples in ${SHARDS} shards`));
    expect(run.said.stderr).to.match(/is gone; waiting for it\n[\s\S]*is there again\n/);
  }).timeout(600_000);
});
