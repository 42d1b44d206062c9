import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { enhance } from '../../../src/apps/enhance/enhance.ts';
import { degradeOf, type EnhanceOptions } from '../../../src/apps/enhance/options.ts';
import type { Model } from '../../../src/models/model.ts';
import { readIdxDataset } from '../../../src/node/idx.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import { describeShared, root, shared } from '../../support/shared.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const COUNT = 16;

describeShared('images of Fashion-MNIST, enlarged by models/fashion-28', 'data/fashion-mnist', () => {
  let model: Model;
  let truth: tf.Tensor4D;
  before(async () => {
    model = await loadModel(join(root, 'models/fashion-28'));
    const { images } = await readIdxDataset(shared('data/fashion-mnist'), 'test');
    const size = 28 * 28;
    const some = Float32Array.from(images.subarray(7000 * size, (7000 + COUNT) * size), (byte) => byte / 255);
    truth = tf.tensor4d(some, [COUNT, 28, 28, 1]);
  });
  after(() => {
    model.dispose();
    truth.dispose();
  });

  /** Mean peak signal-to-noise ratio, in dB. */
  const psnr = (images: tf.Tensor4D): number =>
    tf.tidy(() => {
      const errors = tf.mean(tf.squaredDifference(images, truth), [1, 2, 3]).dataSync<'float32'>();
      return errors.reduce((sum, error) => sum - 10 * Math.log10(error), 0) / errors.length;
    });

  for (const degrade of ['mean', 'bicubic']) {
    it(`are nearer to the truth by 2 dB than bicubic with back-projection, and are what was seen: ${degrade}`, () =>
      expectNoLeak(async () => {
        const seen = tf.tidy(() => {
          const small = degradeOf({ factor: 4, degrade, seed: 0 }).of(model.imageShape).degrade(truth);
          return tf.div<tf.Tensor4D>(tf.clipByValue(tf.round(tf.mul(small, 255)), 0, 255), 255); // as a file has it
        });
        const made = async (options: Partial<EnhanceOptions>): Promise<number> => {
          const { images, uncertainty, errors } = await enhance(model, seen, {
            factor: 4,
            degrade,
            seed: 'a',
            ...options,
          });
          const ratio = psnr(images);
          tf.dispose([images, ...(uncertainty ? [uncertainty] : [])]);
          expect(Math.max(...errors)).to.be.below(1);
          return ratio;
        };
        const without = await made({ cascade: [] });
        const [one, mean] = [await made({}), await made({ samples: 2 })];
        seen.dispose();
        expect(one).to.be.above(without + 2);
        expect(mean).to.be.above(one);
      }));
  }
});
