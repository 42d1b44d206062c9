import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openBank } from '../../../src/node/runs/openBank.ts';
import { fromModelRange } from '../../../src/tensors/range.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { grey, runOf, WAY } from './drawn.ts';
import { elementOf, makeRun, type Pictures } from './madeRun.ts';

const bytesIn = (image: tf.Tensor): string => Array.from(image.dataSync(), (value) => Math.round(value * 255)).join();

describe('pixels out of a bank of a run', () => {
  const scratch = scratchFolder();

  it('are those of 8 bits to the last, and in float32 no further than half a step', async () => {
    const model = gaussianModel([16, 16, 1]);
    const ramp: Pictures = { shape: [16, 16, 1], images: [Uint8Array.from({ length: 256 }, (_, n) => n)] };
    const filters = { distance: { min: 0.9 }, tries: 1 }; // by which the image stays as it is
    const { dest } = await makeRun(scratch, { given: ramp, model, ...runOf(filters) });
    const bank = await openBank(dest);
    const given: Float32Array[] = [];
    const get = (name: string): Float32Array | undefined => {
      const variant = bank.get(name);
      if (variant) given.push(variant);
      return variant;
    };
    const element = elementOf(ramp);
    boomerangAugment({ model, ...WAY, ...filters, bank: { ...bank, get } })(element);
    tf.dispose(element);
    const [variant] = given as [Float32Array];
    expect([...fromModelRange(variant, '0..255', 'int32')]).to.deep.equal([...(ramp.images[0] as Uint8Array)]);
    for (const [n, value] of fromModelRange(variant, '0..1', 'float32').entries()) {
      expect(Math.abs(value - n / 255)).to.be.below(1e-6);
    }
  });

  it('come to images of float32 too, as openImages gives them', async () => {
    const model = gaussianModel();
    const { dest } = await makeRun(scratch, { given: grey, model, ...runOf() });
    const bank = await openBank(dest);
    const variants = new Set<string>();
    await bank.dataset({ draw: 'all' }).forEachAsync(({ xs, ys }) => {
      variants.add(bytesIn(xs));
      tf.dispose([xs, ys]);
    });
    const augment = boomerangAugment({ model, ...WAY, bank });
    const element = elementOf(grey, 'float32');
    for (const epoch of [0, 1, 2]) {
      augment.setEpoch(epoch);
      const changed = augment(element);
      const images = tf.unstack(changed.xs);
      for (const image of images) expect(variants).to.include(bytesIn(image));
      tf.dispose([...images, changed.xs]);
    }
    expect(augment.stats().evaluations).to.equal(0);
    tf.dispose(element);
  });
});
