import { mkdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { runId } from '../../src/fleet/entry.ts';
import { registerRun } from '../../src/fleet/registry.ts';
import { inQueue } from '../../src/fleet/waiting.ts';
import { checkRuns } from '../../src/fleet/worker/checkRuns.ts';
import { serveMetrics } from '../../src/fleet/worker/metrics.ts';
import { planDigest } from '../../src/node/runs/plan.ts';
import { version } from '../../src/node/version.ts';
import { fleetHands, until } from '../support/fleetHands.ts';
import { FASHION, filesBelow, planScene, recordsIn, type Scene, writeGreys } from '../support/fleetScene.ts';
import { describeRedis } from '../support/redisServer.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

describeRedis('a worker', () => {
  const path = scratchFolder();
  const hands = fleetHands();
  const plan = (name = 'out', data = writeGreys(path('data'), 4)): Promise<Scene> =>
    planScene({ data, out: path(name), shardImages: 2 });

  it('is refused by name where all runs want another model or another version', async () => {
    const { entry, model } = await plan();
    const { fleet } = hands();
    const here = { model: FASHION, digest: model.digest };
    expect(await checkRuns(fleet, here)).to.equal(0);
    const register = (change: object): Promise<unknown> =>
      registerRun(fleet.redis, { ...entry, plan: { ...entry.plan, ...change } });
    await register({ model: { ...entry.plan.model, digest: 'another' } });
    const other = await rejection(checkRuns(fleet, here));
    expect(other).to.be.instanceOf(ArgumentError).with.property('code', 'other-model');
    expect(other.message).to.include('want another').and.include(`is ${model.digest} here`);
    await register({ program: '0.0.1' });
    const older = await rejection(checkRuns(fleet, here));
    expect(older).to.be.instanceOf(ArgumentError).with.property('code', 'other-version');
    expect(older.message).to.include('of version 0.0.1').and.include(`this is ${version}`);
    await register({});
    expect(await checkRuns(fleet, here)).to.equal(1);
  });

  it('is in a queue of its own for each model and each version', async () => {
    const { entry } = await plan();
    const queues = [{}, { program: '0.0.1' }, { model: { ...entry.plan.model, digest: 'another' } }].map(
      (change) => inQueue({ ...entry, plan: { ...entry.plan, ...change } }).queue,
    );
    expect(new Set(queues).size).to.equal(3);
  });

  it('gives back what it cannot open, says why, and ends where there is nothing else; others make it', async () => {
    const scene = await plan();
    const run = await hands().coordinate(scene);
    mkdirSync(path('elsewhere'));
    const setting = { model: FASHION, load: {}, backend: 'wasm', data: writeGreys(path('other'), 5) };
    const mistaken = await hands().work(scene, { setting });
    const error = await rejection(mistaken.useless);
    expect(error).to.have.property('code', 'other-data');
    expect(mistaken.said[0]).to.match(/^run [0-9a-f]{16} cannot be made here, and its tasks go back: other-data: /);
    await mistaken.close();
    expect(run.said.filter((line) => line.includes('failed'))).to.be.empty;
    await hands().work(scene);
    expect((await run.ended).index.samples).to.equal(4);
  });

  it('goes on with other runs when one cannot be opened', async () => {
    const gone = await plan('gone', writeGreys(path('data-that-goes'), 4));
    rmSync(path('data-that-goes'), { recursive: true });
    await hands().coordinate({ ...gone, entry: { ...gone.entry, priority: 1 } });
    const scene = await planScene({
      data: writeGreys(path('data'), 4),
      out: path('out'),
      shardImages: 2,
      augment: { seed: 2, strength: 0.1, steps: 10 },
    });
    const { fleet } = hands();
    await until('tasks', async () => (await fleet.queue(inQueue(gone.entry).queue).getPrioritizedCount()) === 2);
    const run = await hands().coordinate(scene);
    const worker = await hands().work(scene);
    await until('a word', () => worker.said.some((line) => line.includes('cannot be made here')));
    expect((await run.ended).index.samples).to.equal(4);
  });

  it('refuses a destination of the same name that holds another run, and writes nothing there', async () => {
    const scene = await plan();
    const run = await hands().coordinate(scene);
    await until('progress', () => run.progress.length > 0);
    rmSync(path('out'), { recursive: true });
    const other = await planScene({ data: writeGreys(path('data'), 4), out: path('out'), shardImages: 4 });
    const before = await filesBelow(path('out'));
    const worker = await hands().work(scene);
    const error = await rejection(worker.useless);
    expect(error).to.have.property('code', 'other-run');
    expect(error.message).to.include(planDigest(other.entry.plan));
    expect(await filesBelow(path('out'))).to.deep.equal(before);
  });

  it('ends when it is told to, though Redis has gone in the middle of a shard', async () => {
    const scene = await plan();
    const { redis } = hands();
    await hands().coordinate(scene);
    const { worker, close } = await hands().work(scene);
    await new Promise((done) => worker.once('active', done));
    await redis.stop('SIGKILL');
    await close();
    expect(await recordsIn(path('out'))).to.have.length.at.least(1);
  });

  it('shows what it does as text for Prometheus, on this machine', async () => {
    const scene = await plan();
    const worker = await hands().work(scene);
    const metrics = await serveMetrics(worker.worker, { digest: scene.model.digest, port: 0 });
    try {
      await (await hands().coordinate(scene)).ended;
      const shown = await ask(metrics.port, '/metrics');
      const labels = `run="${runId(scene.entry)}",model="${scene.model.digest}"`;
      expect(shown).to.include(`boomerang_images_total{${labels}} 4\n`);
      expect(shown).to.include(`boomerang_samples_total{${labels}} 4\n`);
      expect(shown).to.include(`boomerang_shards_total{${labels},outcome="made"} 2\n`);
      expect(shown).to.include(`boomerang_shard_seconds_count{${labels}} 2\n`);
      expect(shown).to.include(`boomerang_shards_in_flight{${labels}} 0\n`);
      expect(await ask(metrics.port, '/')).to.equal('see /metrics\n');
      const taken = await rejection(serveMetrics(worker.worker, { digest: '', port: metrics.port }));
      expect(taken).to.have.property('code', 'port-in-use');
    } finally {
      await metrics.close();
    }
  });
});

const ask = (port: number, path: string): Promise<string> =>
  new Promise((done, fail) => {
    request({ host: '127.0.0.1', port, path }, (response) => void text(response).then(done, fail))
      .on('error', fail)
      .end();
  });
