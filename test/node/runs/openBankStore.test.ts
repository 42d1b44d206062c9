import * as tf from '@tensorflow/tfjs-core';
import { array, type Dataset } from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import type { LabelledElement } from '../../../src/node/data/imageDataset.ts';
import { openBank } from '../../../src/node/runs/openBank.ts';
import { augmentDataset } from '../../../src/transforms/augmentDataset.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { BUCKET } from '../../support/s3Server.ts';
import { saidWhile } from '../../support/said.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { s3Store } from './destinations/s3Store.ts';
import { bytesOf, epochs, grey, runOf, WAY } from './drawn.ts';
import { elementOf, makeRun } from './madeRun.ts';

const PLACE = `s3://${BUCKET}/runs/1`;

describe('a bank of a run in a store of objects', () => {
  const scratch = scratchFolder();
  const server = s3Store('kept');
  const model = gaussianModel();
  const way = { ...WAY, distance: { min: 0.15 }, tries: 4 };
  const made = (place?: string) =>
    makeRun(scratch, { given: grey, model, ...runOf(way), ...(place === undefined ? {} : { place }) });

  it('gives what one on disk gives to whoever waits, several elements at once', async () => {
    await made(PLACE);
    const { dest } = await made();
    const { made: expected } = await epochs(grey, { model, ...way, bank: await openBank(dest) });
    const bank = await openBank(PLACE);
    const source = array([0])
      .map(() => elementOf(grey))
      .repeat(3) as Dataset<LabelledElement>;
    const augment = boomerangAugment({ model, ...way, bank });
    const found: unknown[] = [];
    const pass = (epoch: number): Promise<void> => {
      augment.setEpoch(epoch);
      const ahead = source.mapAsync(augment.async).prefetch(3);
      return ahead.forEachAsync((element) => {
        found.push(bytesOf(element));
        tf.dispose(element);
      });
    };
    await saidWhile(async () => {
      for (const epoch of [0, 1, 2]) await pass(epoch); // the same images thrice in each
    });
    expect(found).to.deep.equal(expected.flatMap((one) => [one, one, one]));
    expect(augment.stats().evaluations).to.equal(0);
    bank.dispose();
  });

  it('counts passes in a data set of its own', async () => {
    await made(PLACE);
    const bank = await openBank(PLACE);
    const source = array([0]).map(() => elementOf(grey)) as Dataset<LabelledElement>;
    const augmented = augmentDataset(source, { model, ...way, bank });
    const expected = (await epochs(grey, { model, ...way, bank: await openBank((await made()).dest) })).made;
    for (const one of expected) {
      await augmented.forEachAsync((element) => {
        expect(bytesOf(element)).to.deep.equal(one);
        tf.dispose(element);
      });
    }
    bank.dispose();
  });

  it('says that dataset.map cannot wait for it', async () => {
    await made(PLACE);
    const bank = await openBank(PLACE);
    const augment = boomerangAugment({ model, ...way, bank });
    expect(() => augment(elementOf(grey)))
      .to.throw(/a bank that lies elsewhere answered with a promise.*mapAsync\(augment.async\)/)
      .with.property('code', 'needs-async');
    expect(() => bank.get(''))
      .to.throw()
      .with.property('code', 'needs-async');
    bank.dispose();
  });

  it('asks for the record of a shard once, and for the bytes of pictures alone', async () => {
    await made(PLACE);
    const bank = await openBank(PLACE);
    server().asked.length = 0;
    await bank.dataset({ batch: 6, draw: 'all' }).forEachAsync((element) => tf.dispose(element));
    const records = server().asked.filter((line) => line.includes('/shards/'));
    expect(new Set(records)).to.have.property('size', records.length);
    expect(server().asked.filter((line) => line.includes('/data/'))).to.have.length(12);
    bank.dispose();
  });

  it('names what is not there to whoever waits', async () => {
    await made(PLACE);
    const bank = await openBank(PLACE);
    const augment = boomerangAugment({ model, ...way, seed: 'other', bank });
    expect((await rejection(augment.async(elementOf(grey)))).code).to.equal('not-in-bank');
    bank.dispose();
  });
});
