import { expect } from 'chai';
import { ArgumentError, EnvironmentError } from '../../src/errors.ts';
import { cancelRun, findRun, pauseRun, resumeRun } from '../../src/fleet/control.ts';
import { runId } from '../../src/fleet/entry.ts';
import { readRuns } from '../../src/fleet/registry.ts';
import { readStatus } from '../../src/fleet/status.ts';
import { deadLetters, inQueue, shardsInQueue } from '../../src/fleet/waiting.ts';
import { fleetHands, until } from '../support/fleetHands.ts';
import { planScene, type Scene, writeGreys } from '../support/fleetScene.ts';
import { describeRedis } from '../support/redisServer.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

describeRedis('runs in a queue', () => {
  const path = scratchFolder();
  const hands = fleetHands();
  const plan = (name = 'out', seed = 1): Promise<Scene> =>
    planScene({
      ...{ data: writeGreys(path('data'), 8), out: path(name), shardImages: 1 },
      augment: { seed, strength: 0.1, steps: 10 },
    });
  const waiting = async ({ entry }: Scene): Promise<number> =>
    (await shardsInQueue(hands().fleet, inQueue(entry))).length;

  it('rest when they are paused, also for whoever goes on with them, and are resumed', async () => {
    const scene = await plan();
    const run = await hands().coordinate(scene);
    await until('tasks', async () => (await waiting(scene)) === 8);
    const { fleet } = hands();
    await pauseRun(fleet, await findRun(fleet, undefined));
    await until('no tasks', async () => (await waiting(scene)) === 0);
    await until('a word', () => run.said.some((line) => line.includes('is paused')));
    await run.stop();
    const next = await hands().coordinate(scene);
    await until('a word', () => next.said.length > 0);
    expect(next.said[0]).to.match(/^run [0-9a-f]{16} is paused; boomerang run resume [0-9a-f]{16} goes on$/);
    await until('progress', () => next.progress.length > 1);
    expect(await waiting(scene)).to.equal(0);
    await hands().work(scene);
    await resumeRun(fleet, await findRun(fleet, undefined));
    expect((await next.ended).index.samples).to.equal(8);
  });

  it('end when they are cancelled, keep what is made, and are begun again by their command', async () => {
    const scene = await plan();
    const run = await hands().coordinate(scene);
    await until('progress', () => run.progress.length > 0);
    const { fleet } = hands();
    await cancelRun(fleet, await findRun(fleet, runId(scene.entry).slice(0, 5)));
    const error = await rejection(run.ended);
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'run-cancelled');
    expect([await waiting(scene), await readRuns(fleet.redis)]).to.deep.equal([0, []]);
    await hands().work(scene);
    expect((await (await hands().coordinate(scene)).ended).index.samples).to.equal(8);
  });

  it('are cancelled though whoever fed them is gone', async () => {
    const scene = await plan();
    const { fleet } = hands();
    const run = await hands().coordinate(scene);
    await until('tasks', async () => (await waiting(scene)) === 8);
    await run.stop();
    await fleet.redis.hdel('boomerang:run-progress', runId(scene.entry)); // as after half a minute
    expect((await readStatus(fleet))[0]).to.include({ isFed: false, inQueue: 8 });
    await cancelRun(fleet, await findRun(fleet, undefined));
    expect([await waiting(scene), await readRuns(fleet.redis)]).to.deep.equal([0, []]);
  });

  it('are named where there are several, and listed by what goes first', async () => {
    const { fleet } = hands();
    const none = await rejection(findRun(fleet, undefined));
    expect(none).to.be.instanceOf(ArgumentError).with.property('code', 'no-such-run');
    const scenes = [await plan('one', 1), await plan('two', 2)] as const;
    await hands().coordinate(scenes[0]);
    await hands().coordinate({ ...scenes[1], entry: { ...scenes[1].entry, priority: 1 } });
    await until('two runs', async () => (await readRuns(fleet.redis)).length === 2);
    const which = await rejection(findRun(fleet, undefined));
    expect(which).to.have.property('code', 'which-run');
    expect(which.message).to.include(path('one')).and.include(path('two'));
    expect(await rejection(findRun(fleet, 'no'))).to.have.property('code', 'no-such-run');
    expect((await readStatus(fleet)).map(({ destination }) => destination)).to.deep.equal([path('two'), path('one')]);
  });

  it('end with the reasons of shards that failed again and again, and try them again later', async () => {
    const scene = await plan();
    const { fleet } = hands();
    const { queue } = inQueue(scene.entry);
    const tasks = new fleet.bullmq.Worker(
      queue,
      async ({ data: { shard } }) => {
        if (shard.first === 3) throw new Error('the disk is full');
        return { outcome: 'there', samples: 1, failed: [] };
      },
      { connection: fleet.redis, prefix: 'boomerang' },
    );
    tasks.on('error', () => undefined);
    const run = await hands().coordinate(scene, { mostFailed: 0 });
    const tooMany = await rejection(run.ended);
    expect(tooMany).to.have.property('code', 'too-many-failed');
    expect(tooMany.message).to.include('shard 00000003-v0: the disk is full');
    expect(run.said).to.include('shard 00000003-v0 failed: the disk is full');
    expect(await deadLetters(fleet, inQueue(scene.entry))).to.deep.equal([
      { shard: { name: '00000003-v0', first: 3, count: 1, variant: 0 }, why: 'the disk is full' },
    ]);
    await tasks.close();
    await hands().work(scene);
    expect((await (await hands().coordinate(scene)).ended).index.samples).to.equal(8);
  });
});
