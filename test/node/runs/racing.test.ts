import { existsSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { writePng } from '../../../src/node/images.ts';
import { claimDestination } from '../../../src/node/runs/claimDestination.ts';
import { commitShard } from '../../../src/node/runs/commitShard.ts';
import type { Destination } from '../../../src/node/runs/destination.ts';
import { openDestination } from '../../../src/node/runs/destinations/openDestination.ts';
import { finishRun } from '../../../src/node/runs/finishRun.ts';
import type { Format } from '../../../src/node/runs/format.ts';
import { joinPieces } from '../../../src/node/runs/joinPieces.ts';
import { openWorkshop } from '../../../src/node/runs/openWorkshop.ts';
import { type RunPlan, shardsOf } from '../../../src/node/runs/plan.ts';
import { planRun } from '../../../src/node/runs/planRun.ts';
import { progressWriter } from '../../../src/node/runs/runProgress.ts';
import type { ShardRecord } from '../../../src/node/runs/shardRecord.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { toldWhile } from '../../support/said.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { makePart, makeRun, treeOf } from './running.ts';

const by: ShardRecord['made'] = { engine: 'tfjs', backend: 'cpu', device: 'cpu' };

describe('of several that make the same', () => {
  const path = scratchFolder();
  const model = gaussianModel([4, 4, 3]);
  const augment = { seed: 's', strength: 0.3, steps: 1 };
  let destination: Destination;

  beforeEach(async () => {
    for (let n = 0; n < 3; n += 1) {
      const pixels = Float32Array.from({ length: 48 }, (_, i) => ((i * 37 + n * 101) % 256) / 255);
      await writePng(path(`data/${n}.png`), pixels, [4, 4, 3]);
    }
    destination = await openDestination(path('out'));
  });
  afterEach(() => destination.close());

  const options = (more = {}) => ({
    data: path('data'),
    model,
    variants: 1,
    augment,
    shardImages: 2,
    format: 'idx' as const,
    ...more,
  });
  const [shard] = shardsOf({
    data: { count: 2 },
    variants: 1,
    originals: false,
    shardImages: 2,
  } as RunPlan) as never as [never];

  const formatAs = (name: string, content: string): Format => ({
    lay: async () => ({ files: [{ name, bytes: Buffer.from(content) }], spans: [] }),
  });
  const commit = (format: Format) =>
    commitShard({ made: [], failed: [] }, { shard, run: 'run', format, made: by, destination });

  it('the first counts, and files of the second that its record does not name are removed', async () => {
    expect((await commit(formatAs('data/a', 'one'))).outcome).to.equal('made');
    const { outcome, record } = await commit(formatAs('data/b', 'other'));
    expect(outcome).to.equal('there');
    expect(record.files.map(({ name }) => name)).to.deep.equal(['data/a']);
    expect(readdirSync(path('out/data'))).to.deep.equal(['a']);
    expect((await commit(formatAs('data/a', 'one'))).outcome).to.equal('there');
    expect(readdirSync(path('out/data'))).to.deep.equal(['a']);
  });

  it('a piece that comes after the end is removed, though the record names it', async () => {
    await commit(formatAs('pieces/a-images', 'one'));
    await destination.remove('pieces/a-images');
    await destination.put('index.json', Buffer.from('{}'));
    await commit(formatAs('pieces/a-images', 'one'));
    expect(existsSync(path('out/pieces'))).to.equal(false);
  });

  it('none makes what is there', async () => {
    const plan = await makeRun(path('out'), options());
    const workshop = await openWorkshop({ ...options(), plan });
    const { calls } = model.asked;
    for (const one of shardsOf(plan)) {
      expect(await workshop.make(one, { destination })).to.deep.include({
        outcome: 'there',
        samples: one.count,
        failed: 0,
      });
    }
    expect(model.asked.calls).to.equal(calls);
    await workshop.close();
  });

  it('one alone claims a destination for its plan', async () => {
    const plans = await Promise.all(['a', 'b', 'c'].map((seed) => planRun(options({ augment: { ...augment, seed } }))));
    const claims = await Promise.allSettled(plans.map((plan) => claimDestination(destination, plan)));
    const refused = claims.flatMap((claim) => (claim.status === 'rejected' ? [claim.reason.code] : []));
    expect(refused).to.deep.equal(['other-run', 'other-run']);
  });

  it('one that joins pieces which another has joined and removed takes the index of that one', async () => {
    const plan = await makeRun(path('other'), options());
    await claimDestination(destination, plan);
    const workshop = await openWorkshop({ ...options(), plan });
    for (const one of shardsOf(plan)) await workshop.make(one, { destination });
    await workshop.close();
    const slow: Destination = {
      ...destination,
      async putStream(name, parts) {
        await finishRun(destination, plan);
        await destination.putStream(name, parts);
      },
    };
    const index = await finishRun(slow, plan);
    expect(index.samples).to.equal(3);
    expect(treeOf(path('out'))).to.deep.equal(treeOf(path('other')));
  });

  it('one that has lost its pieces says so', async () => {
    const plan = await planRun(options());
    await makePart(path('out'), { ...options(), plan }, { index: 0, of: 2 });
    for await (const name of destination.list('pieces/')) await destination.remove(name);
    const error = await rejection(makePart(path('out'), { ...options(), plan }, { index: 1, of: 2 }));
    expect(error.code).to.equal('missing-piece');
  });

  it('none says how far the run is once it is over', async () => {
    const plan = await makeRun(path('out'), options());
    await progressWriter(plan, destination, new Set()).stop(0);
    expect(existsSync(path('out/progress.json'))).to.equal(false);
    const begun = await openDestination(path('begun'));
    await progressWriter(plan, begun, new Set(['00000000-v0'])).stop(0);
    const text = new TextDecoder().decode(await begun.read('progress.json'));
    expect(JSON.parse(text)).to.include({ done: 1, total: 2, samples: 2, failed: 0, workers: 0, perSecond: 0 });
  });
});

describe('pieces of IDX', () => {
  const path = scratchFolder();

  it('in colour are joined with their channels last', async () => {
    const model = gaussianModel([4, 4, 3]);
    for (let n = 0; n < 3; n += 1) await writePng(path(`data/${n}.png`), new Float32Array(48).fill(n / 4), [4, 4, 3]);
    const options = { data: path('data'), model, variants: 1, shardImages: 2, format: 'idx' as const };
    const augment = { seed: 's', strength: 0, mode: 'pair' as const };
    await makeRun(path('out'), { ...options, augment });
    const destination = await openDestination(path('out'));
    for (const name of ['images-idx4-ubyte', 'clean-images-idx4-ubyte']) {
      const bytes = (await destination.read(name)) as Uint8Array;
      expect([...bytes.subarray(0, 20)], name).to.deep.equal([
        0, 0, 8, 4, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 3,
      ]);
      expect([...bytes.subarray(20)], name).to.deep.equal(
        [0, 64, 128].flatMap((value) => Array<number>(48).fill(value)),
      );
    }
    expect(readdirSync(path('out')).sort()).to.deep.equal([
      'clean-images-idx4-ubyte',
      'images-idx4-ubyte',
      'index.json',
      'records',
      'run.json',
      'shards',
    ]);
  });

  it('of several sizes are not joined', async () => {
    const destination = await openDestination(path('out'));
    const pieces = [4, 5].map((side) => ({
      shard: String(side),
      files: [],
      samples: 1,
      shape: [side, side, 1] as const,
    }));
    const error = await rejection(joinPieces(destination, pieces));
    expect(error)
      .to.include({ code: 'bad-format' })
      .and.property('message')
      .match(/4 x 4 x 1 and 5 x 5 x 1/);
  });
});

describe('what is done to images', () => {
  const path = scratchFolder();

  it('is said', () =>
    toldWhile(async () => {
      await writePng(path('data/0.png'), new Float32Array(48).fill(0.5), [4, 4, 3]);
      const model = gaussianModel([4, 4, 1]);
      const options = { data: path('data'), model, variants: 2, augment: { seed: 's', strength: 0.3, steps: 1 } };
      const plan = await planRun(options);
      const workshop = await openWorkshop({ ...options, plan });
      const destination = await openDestination(path('out'));
      for (const one of shardsOf(plan)) await workshop.make(one, { destination });
      expect(workshop.notes()).to.deep.equal(['1 images: colour was made grey']);
      await workshop.close();
    }));
});
