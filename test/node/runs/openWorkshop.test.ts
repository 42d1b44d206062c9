import { expect } from 'chai';
import { openWorkshop } from '../../../src/node/runs/openWorkshop.ts';
import type { RunPlan } from '../../../src/node/runs/plan.ts';
import { type PlanRunOptions, planRun } from '../../../src/node/runs/planRun.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';
import { openModel, writeFolders, writeNaive } from './running.ts';

describe('a workshop refuses', () => {
  const path = scratchFolder();
  const model = openModel();
  let options: PlanRunOptions;
  let plan: RunPlan;

  beforeEach(async () => {
    const data = writeIdx(path('data'), stripes(3));
    options = { data, model: model(), variants: 1, augment: { seed: 's', strength: 0.3 } };
    plan = await planRun(options);
  });

  const refused = async (given: Partial<RunPlan>, code: string, words: RegExp): Promise<void> => {
    const error = await rejection(openWorkshop({ ...options, plan: { ...plan, ...given } }));
    expect(error.message).to.match(words);
    expect(error.code).to.equal(code);
  };

  it('another version of the program', () => refused({ program: '0.0.9' }, 'other-version', /planned was 0\.0\.9/));

  it('another model, and another precision of it', async () => {
    const { digest } = plan.model;
    await refused({ model: { digest: 'abc', precision: 'float32' } }, 'other-model', new RegExp(`${digest}.*abc`));
    await refused({ model: { digest, precision: 'int8' } }, 'other-model', /float32, planned was int8/);
  });

  it('other data', async () => {
    writeIdx(path('data'), stripes(4));
    await refused({}, 'other-data', new RegExp(`data.*planned was ${plan.data.digest}`));
  });

  it('a plan with a classifier, without it and with another one', async () => {
    const keep = { classifier: await writeNaive(path('2'), 2), topK: 1 };
    const asked = await planRun({ ...options, keep });
    await refused(asked, 'no-classifier', /name its model\.json/);
    const other = await writeNaive(path('3'), 3);
    const error = await rejection(openWorkshop({ ...options, plan: asked, classifier: other }));
    expect(error.code).to.equal('other-classifier');
  });
});

describe('the data of a run', () => {
  const path = scratchFolder();
  const model = openModel();

  it('are the same wherever they lie, and others with other names', async () => {
    const digestOf = async (data: string): Promise<string> =>
      (await planRun({ data, model: model(), variants: 1, augment: { seed: 's', strength: 0.3 } })).data.digest;
    const [one, other] = [
      await digestOf(await writeFolders(path('a'), 4)),
      await digestOf(await writeFolders(path('b'), 4)),
    ];
    expect(other).to.equal(one);
    expect(await digestOf(await writeFolders(path('c'), 5))).to.not.equal(one);
  });
});
