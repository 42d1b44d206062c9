import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openKeep } from '../../../src/node/runs/keepFrom.ts';
import { labelling } from '../../../src/node/runs/labelling.ts';
import { openBank } from '../../../src/node/runs/openBank.ts';
import { counted, openTiny } from '../../latent/tiny.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';
import { CLASSES, epochs, runOf, WAY } from './drawn.ts';
import { makeRun, pictures } from './madeRun.ts';
import { writeNaive } from './running.ts';

describe('a bank of a run with other networks', () => {
  const scratch = scratchFolder();

  it('keeps what a classifier said, and asks none', async () => {
    const naive = await writeNaive(scratch('naive'), 2);
    await expectNoLeak(async () => {
      const model = gaussianModel([28, 28, 1]);
      const given = pictures(8, [28, 28, 1], CLASSES);
      const keep = { classifier: naive, topK: 1 };
      const { dest, plan } = await makeRun(scratch, { given, model, ...runOf({ softLabels: { gamma: 1 } }), keep });
      const way = { ...WAY, model, softLabels: { gamma: 1 }, labels: 'ys' };
      const judge = await openKeep(keep.classifier, { model, labels: labelling(CLASSES, model, false), asked: keep });
      const expected = await epochs(given, { ...way, keep: judge.keep, bank: plan.variants });
      judge.dispose();
      const classifier = (): tf.Tensor => {
        throw new Error('it was asked');
      };
      const bank = await openBank(dest);
      expect((await epochs(given, { ...way, keep: { classifier, topK: 1 }, bank })).made).to.deep.equal(expected.made);
      const found = await epochs(given, { ...way, bank });
      expect([found.made, found.evaluations]).to.deep.equal([expected.made, 0]);
    });
  });

  it('of latents is asked for neither, and encodes no image', () =>
    expectNoLeak(async () => {
      const model = counted(await openTiny('ldm'));
      const given = pictures(4, [16, 16, 3], CLASSES);
      const { dest, plan } = await makeRun(scratch, { given, model, ...runOf() });
      const expected = await epochs(given, { ...WAY, model, bank: plan.variants });
      const asked = JSON.stringify(model.calls);
      const found = await epochs(given, { ...WAY, model, bank: await openBank(dest) });
      expect([found.made, found.evaluations]).to.deep.equal([expected.made, 0]);
      expect(JSON.stringify(model.calls)).to.equal(asked);
      model.dispose();
    }));
});
