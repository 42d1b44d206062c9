import * as tf from '@tensorflow/tfjs-core';
import { array, type Dataset } from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { type Bank, memoryBank } from '../../../src/caches/bank.ts';
import type { LabelledElement } from '../../../src/node/data/imageDataset.ts';
import { openBank } from '../../../src/node/runs/openBank.ts';
import { augmentDataset } from '../../../src/transforms/augmentDataset.ts';
import { augmentFrom, boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { toldWhile } from '../../support/said.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { bytesOf, epochs, grey, runOf, WAY } from './drawn.ts';
import { elementOf, makeRun } from './madeRun.ts';

describe('a bank of a run in training', () => {
  const scratch = scratchFolder();

  it('gives copies in the same epoch other variants, as a bank in memory does', async () => {
    const model = gaussianModel();
    const { dest } = await makeRun(scratch, { given: grey, model, ...runOf() });
    const through = async (bank: Bank): Promise<unknown[]> => {
      const source = array([0]).map(() => elementOf(grey)) as Dataset<LabelledElement>;
      const copied = augmentDataset(source, { model, ...WAY, bank, mode: 'append', copies: 2 });
      const made: unknown[] = [];
      await toldWhile(() =>
        copied.forEachAsync((element) => {
          made.push(bytesOf(element));
          tf.dispose(element);
        }),
      );
      return made;
    };
    const expected = await through(memoryBank({ variants: 2 }));
    expect(expected).to.have.length(3);
    expect(await through(await openBank(dest))).to.deep.equal(expected);
  });

  it('goes on where a training stood', async () => {
    const model = gaussianModel();
    const { dest } = await makeRun(scratch, { given: grey, model, ...runOf() });
    const bank = await openBank(dest);
    const { made } = await epochs(grey, { model, ...WAY, bank });
    const first = boomerangAugment({ model, ...WAY, bank });
    first.setEpoch(2);
    const state = JSON.parse(JSON.stringify(first.state()));
    const element = elementOf(grey);
    const changed = boomerangAugment({ model, ...WAY, bank, state })(element);
    expect(bytesOf(changed)).to.deep.equal(made[2]);
    tf.dispose([element, changed]);
  });

  it('is filled already, and says nothing of room', async () => {
    const model = gaussianModel();
    const { dest } = await makeRun(scratch, { given: grey, model, ...runOf() });
    const augment = boomerangAugment({ model, ...WAY, bank: await openBank(dest) });
    const said = await toldWhile(() => augment.fillBank(array([0]).map(() => elementOf(grey))));
    expect([said, augment.stats().evaluations, augment.stats().entries]).to.deep.equal([[], 0, 12]);
  });

  it('is drawn from by the transform of its plan', async () => {
    const model = gaussianModel();
    const { dest, plan } = await makeRun(scratch, { given: grey, model, ...runOf() });
    const bank = await openBank(dest);
    expect(bank.plan).to.deep.equal(plan);
    const element = elementOf(grey);
    const changed = augmentFrom(bank.plan.augment, { model, bank })(element);
    expect(bytesOf(changed)).to.deep.equal((await epochs(grey, { model, ...WAY, bank })).made[0]);
    tf.dispose([element, changed]);
  });
});
