import { expect } from 'chai';
import { runId } from '../../src/fleet/entry.ts';
import { readRuns } from '../../src/fleet/registry.ts';
import { inQueue, shardsInQueue, withdraw } from '../../src/fleet/waiting.ts';
import { fleetHands, until } from '../support/fleetHands.ts';
import { filesBelow, makeAlone, planScene, recordsIn, type Scene, writeGreys } from '../support/fleetScene.ts';
import { describeRedis } from '../support/redisServer.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

describeRedis('coordinate', () => {
  const path = scratchFolder();
  const hands = fleetHands();

  it('has workers make the bytes that one machine makes, and takes the run off the list', async () => {
    const data = writeGreys(path('data'), 10);
    await makeAlone(await planScene({ data, out: path('alone') }));
    const scene = await planScene({ data, out: path('out') });
    const worker = await hands().work(scene);
    const run = await hands().coordinate(scene);
    expect((await run.ended).index.samples).to.equal(10);
    expect(await filesBelow(path('out'))).to.deep.equal(await filesBelow(path('alone')));
    expect(await readRuns(hands().fleet.redis)).to.be.empty;
    expect([...run.said, ...worker.said]).to.be.empty;
  });

  it('makes the same plan at two destinations at once', async () => {
    const data = writeGreys(path('data'), 6);
    const scenes = [await planScene({ data, out: path('one') }), await planScene({ data, out: path('two') })];
    const runs = await Promise.all(scenes.map((scene) => hands().coordinate(scene)));
    await hands().work(scenes[0] as Scene);
    for (const run of runs) expect((await run.ended).index.samples).to.equal(6);
    expect(await filesBelow(path('one'))).to.deep.equal(await filesBelow(path('two')));
  });

  it('goes on where one was ended, and two at once do no harm', async () => {
    const data = writeGreys(path('data'), 12);
    await makeAlone(await planScene({ data, out: path('alone'), shardImages: 1 }));
    const scene = await planScene({ data, out: path('out'), shardImages: 1 });
    const first = await hands().coordinate(scene);
    await hands().work(scene);
    await until('some shards', async () => (await recordsIn(path('out'))).length > 2);
    await first.stop();
    expect(await readRuns(hands().fleet.redis)).to.have.length(1);
    const both = [await hands().coordinate(scene), await hands().coordinate(scene)];
    for (const { ended } of both) expect((await ended).index.samples).to.equal(12);
    expect(await filesBelow(path('out'))).to.deep.equal(await filesBelow(path('alone')));
  });

  it('never has more than some hundreds waiting, and those of the least number first', async () => {
    const data = writeGreys(path('data'), 600);
    const later = await planScene({ data, out: path('later'), shardImages: 1 }, 7);
    const sooner = await planScene(
      { data, out: path('sooner'), shardImages: 1, augment: { seed: 2, strength: 0.1, steps: 10 } },
      3,
    );
    const { fleet } = hands();
    const queue = fleet.queue(inQueue(later.entry).queue);
    await hands().coordinate(later);
    await until('a full queue', async () => (await queue.getPrioritizedCount()) >= 400);
    await hands().coordinate(sooner);
    await until('another', async () => (await queue.getPrioritizedCount()) >= 800);
    expect(await shardsInQueue(fleet, inQueue(later.entry))).to.have.length(400);
    expect(await shardsInQueue(fleet, inQueue(sooner.entry))).to.have.length(400);
    const made: string[] = [];
    const worker = await hands().work(later);
    worker.worker.on('completed', ({ data: { run, shard } }) => void made.push(`${run} ${shard.name}`));
    await until('a shard', () => made.length > 1);
    const id = runId(sooner.entry);
    expect(made.slice(0, 2)).to.deep.equal([`${id} 00000000-v0`, `${id} 00000001-v0`]);
  });

  it('fills the queue again after Redis has lost all, and says once that it was away', async () => {
    const scene = await planScene({ data: writeGreys(path('data'), 8), out: path('out'), shardImages: 1 });
    const { redis, fleet } = hands();
    const run = await hands().coordinate(scene);
    const where = inQueue(scene.entry);
    await until('tasks', async () => (await shardsInQueue(fleet, where)).length === 8);
    await redis.stop('SIGKILL');
    await until('a word', () => run.said.length > 0);
    await redis.start({ isEmpty: true });
    await until('tasks', async () => (await shardsInQueue(fleet, where)).length === 8);
    await hands().work(scene);
    expect((await run.ended).index.samples).to.equal(8);
    expect(run.said.slice(0, 2)).to.deep.equal([
      `the Redis at 127.0.0.1:${redis.port} is gone; waiting for it`,
      `the Redis at 127.0.0.1:${redis.port} is there again`,
    ]);
  });

  it('looks again where the queue is silent for long, and feeds what has got lost', async () => {
    const scene = await planScene({ data: writeGreys(path('data'), 3), out: path('out'), shardImages: 1 });
    const { fleet } = hands();
    const where = inQueue(scene.entry);
    const run = await hands().coordinate(scene);
    await until('tasks', async () => (await shardsInQueue(fleet, where)).length === 3);
    await withdraw(fleet, where);
    await until('tasks', async () => (await shardsInQueue(fleet, where)).length === 3);
    await hands().work(scene);
    expect((await run.ended).index.samples).to.equal(3);
  });

  it('ends at once when it is told to while Redis is away', async () => {
    const scene = await planScene({ data: writeGreys(path('data'), 2), out: path('out') });
    const run = await hands().coordinate(scene);
    await until('a word', () => run.progress.length > 0);
    await hands().redis.stop('SIGKILL');
    await until('a word', () => run.said.length > 0);
    await run.stop();
    expect((await rejection(run.ended)).message).to.equal('stopped');
  });

  it('says it once where no worker is there', async () => {
    const scene = await planScene({ data: writeGreys(path('data'), 2), out: path('out') });
    const run = await hands().coordinate(scene);
    await until('some words', () => run.progress.length > 2);
    expect(run.said).to.have.length(1);
    expect(run.said[0]).to.match(/^no worker is there; start some: boomerang worker --model .*fashion-28/);
  });
});
