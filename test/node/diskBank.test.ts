import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Bank } from '../../src/caches/bank.ts';
import { ArgumentError } from '../../src/errors.ts';
import { diskBank } from '../../src/node/diskCache/diskBank.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { saidWhile } from '../support/said.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('a bank on disk', () => {
  const scratch = scratchFolder();
  const model = gaussianModel();
  const place = (name: string): string => scratch(name);
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(6, model);
  });
  after(() => images.dispose());

  const passes = (bank: Bank) => {
    const augment = boomerangAugment({ model, seed: 'a', strength: 0.5, steps: 2, bank });
    const made = [0, 1, 2, 3].map((epoch) => {
      augment.setEpoch(epoch);
      const given = tf.clone(images); // which is lost if it fails
      const variants = augment(given);
      const values = Array.from(variants.dataSync());
      tf.dispose([given, variants]);
      return values;
    });
    return { made, evaluations: augment.stats().evaluations };
  };

  it('survives: the next one finds every variant, to the last bit, and makes none', () => {
    const folder = place('bank');
    const first = diskBank(folder, { variants: 2 });
    const { made, evaluations } = passes(first);
    expect(evaluations).to.be.above(0);
    const beside = diskBank(folder, { variants: 2 }); // while the first is open, as another process would
    expect(passes(beside)).to.deep.equal({ made, evaluations: 0 });
    first.dispose?.();
    beside.dispose?.();
    const later = diskBank(folder, { variants: 2 });
    expect(passes(later)).to.deep.equal({ made, evaluations: 0 });
    expect(later.stats().entries).to.equal(evaluations / 2);
    later.dispose?.();
  });

  it('is no cache, which would drop what is old, and a cache is no bank', () => {
    diskBank(place('b'), { variants: 1 }).dispose?.();
    diskCache(place('c'), { maxBytes: 1e6 }).dispose?.();
    expect(() => diskCache(place('b'), { maxBytes: 1e6 }))
      .to.throw(ArgumentError)
      .with.property('code', 'not-a-cache');
    expect(() => diskBank(place('c'), { variants: 1 }))
      .to.throw(ArgumentError)
      .with.property('code', 'not-a-bank');
  });

  it('is full where it may hold no more, and says so', () => {
    const bank = diskBank(place('small'), { variants: 2, maxBytes: 200 });
    expect(() => passes(bank))
      .to.throw(ArgumentError, /holds 3 variants/)
      .with.property('code', 'bank-full');
    bank.dispose?.();
  });

  it('makes a variant again whose record is damaged, the same, and says so', async () => {
    const folder = place('damaged');
    const first = diskBank(folder, { variants: 2 });
    const { made } = passes(first);
    first.dispose?.();
    const [name] = readdirSync(folder).filter((file) => !file.endsWith('.TAG')) as [string];
    const bytes = readFileSync(join(folder, name));
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] as number) ^ 255;
    writeFileSync(join(folder, name), bytes);
    const said = await saidWhile(() => {
      const again = diskBank(folder, { variants: 2 });
      const { made: anew, evaluations } = passes(again);
      expect(anew).to.deep.equal(made);
      expect(evaluations).to.equal(2);
      again.dispose?.();
    });
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.match(/damaged/);
  });
});
