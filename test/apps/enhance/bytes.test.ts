import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { enhanceBytes } from '../../../src/apps/enhance/bytes.ts';
import { enhance } from '../../../src/apps/enhance/enhance.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const options = { seed: 'a', factor: 4 } as const;

describe('what enhancing takes of memory', () => {
  it('is about what its tensors take at their highest', () =>
    expectNoLeak(async () => {
      const seen = gaussianImages(2, gaussianModel([40, 56, 3]));
      const model = gaussianModel([64, 64, 3]);
      const { peakBytes, result } = await tf.profile(async () => {
        const cascade = [{ strength: 0.2, steps: 1 }];
        (await enhance(model, seen, { ...options, cascade, keys: [0, 1] })).images.dispose();
        return tf.scalar(0);
      });
      tf.dispose([seen, result]);
      const { tensors } = enhanceBytes(model, [2, 40, 56, 3], options);
      expect(peakBytes / tensors).to.be.within(0.6, 1.4);
    }));

  it('grows with what is walked, with samples, and with noise, for which all directions are found', () => {
    const model = gaussianModel([64, 64, 3]);
    const all = (side: number, more = {}): number =>
      enhanceBytes(model, [1, side, side, 3], { ...options, ...more }).all;
    expect(all(4)).to.equal(all(16)); // the model makes 64 x 64 all the same
    expect(all(64) / all(16)).to.be.closeTo(16, 1e-6);
    expect(all(64, { samples: 8 })).to.be.above(1.3 * all(64));
    expect(all(512, { noise: 0.1 }) - all(512)).to.be.above(8 * 512 * 2048);
  });
});
