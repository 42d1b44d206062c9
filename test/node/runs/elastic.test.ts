import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { openDestination } from '../../../src/node/runs/destinations/openDestination.ts';
import { finishRun } from '../../../src/node/runs/finishRun.ts';
import { shardsOfPart } from '../../../src/node/runs/part.ts';
import { type FormatName, type RunPlan, shardsOf } from '../../../src/node/runs/plan.ts';
import { type PlanRunOptions, planRun } from '../../../src/node/runs/planRun.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';
import { makePart, makeRun, openModel, treeOf } from './running.ts';

const partsOf = (of: number) => Array.from({ length: of }, (_, index) => ({ index, of }));

describe('a run in parts', () => {
  const path = scratchFolder();
  const model = openModel();

  const optionsFor = (format: FormatName): PlanRunOptions => ({
    ...{ data: path('data'), model: model(), variants: 2, originals: true, format, shardImages: 5 },
    augment: { seed: 's', strength: 0.3, steps: 1 },
  });

  beforeEach(() => void writeIdx(path('data'), stripes(11)));

  for (const format of ['webdataset', 'idx', 'folder'] as const) {
    it(`gives the same files of ${format}, however many parts there are, in any order`, async () => {
      await makeRun(path('1'), optionsFor(format));
      const whole = treeOf(path('1'));
      expect(Object.keys(whole)).to.include('index.json').and.not.include('progress.json');
      for (const of of format === 'idx' ? [2, 3, 20] : [2]) {
        await makeRun(path(String(of)), optionsFor(format), partsOf(of).reverse());
        expect(treeOf(path(String(of))), `${of} parts`).to.deep.equal(whole);
      }
    });

    it(`gives the same files of ${format} when the number of parts is changed in the middle`, async () => {
      await makeRun(path('1'), optionsFor(format));
      const [two, three] = [partsOf(2), partsOf(3)];
      await makeRun(path('changed'), optionsFor(format), [three[1], two[1], three[0], two[0]] as never);
      expect(treeOf(path('changed'))).to.deep.equal(treeOf(path('1')));
    });
  }

  it('has every shard in one part, and in no other', async () => {
    const plan = await planRun(optionsFor('webdataset'));
    for (const of of [1, 2, 3, 7, 9, 10]) {
      expect(partsOf(of).flatMap((part) => shardsOfPart(plan, part))).to.deep.equal([...shardsOf(plan)]);
    }
  });

  it('may be made twice at once: the files are those of one', async () => {
    await makeRun(path('1'), optionsFor('idx'));
    await Promise.all([makeRun(path('both'), optionsFor('idx')), makeRun(path('both'), optionsFor('idx'))]);
    expect(treeOf(path('both'))).to.deep.equal(treeOf(path('1')));
  });

  it('loses what others have left over, and what it did not finish is finished by the next', async () => {
    const options = optionsFor('idx');
    const plan = await makeRun(path('1'), options);
    const whole = treeOf(path('1'));
    await makeRun(path('late'), options, [{ index: 0, of: 2 }]);
    writeFileSync(path('late/pieces/00000000-v0-000000000000-images'), 'of one who came second and was ended');
    writeFileSync(path('late/progress.json'), '{}');
    const destination = await openDestination(path('late'));
    expect((await rejection(finishRun(destination, plan))).code).to.equal('shards-missing');
    await makePart(path('late'), { ...options, plan }, { index: 1, of: 2 });
    expect(treeOf(path('late'))).to.deep.equal(whole);

    writeFileSync(path('late/records/00000000-v0-000000000000.jsonl'), 'left over after the end', { flag: 'wx' });
    mkdirSync(path('late/pieces'));
    writeFileSync(path('late/pieces/00000005-v0-000000000000-labels'), 'of one who was late', { flag: 'wx' });
    await makeRun(path('late'), options);
    expect(treeOf(path('late'))).to.deep.equal(whole);
  });

  it('makes a shard again whose record is gone, and joins what it has to', async () => {
    const options = optionsFor('webdataset');
    const plan: RunPlan = await makeRun(path('1'), options);
    const whole = treeOf(path('1'));
    for (const name of ['index.json', 'shards/00000005-v1.json']) rmSync(path(`1/${name}`));
    await makePart(path('1'), { ...options, plan }, { index: 0, of: 1 });
    expect(treeOf(path('1'))).to.deep.equal(whole);
  });
});
