import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { consistentImages, errorsOf } from '../../../src/apps/enhance/consistent.ts';
import { project } from '../../../src/apps/enhance/degrade/degradation.ts';
import { bicubic, blockMeans } from '../../../src/apps/enhance/degrade/scalings.ts';
import { imageNoise } from '../../../src/tensors/noise.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const SHAPE = [16, 16, 1] as const;
const noise = (name: string, count: number): tf.Tensor4D =>
  imageNoise(
    Array.from({ length: count }, (_, n) => [name, n]),
    SHAPE,
  );

describe('images that are to be what was seen', () => {
  const map = blockMeans(4).of(SHAPE);

  it('are so, and in range, where what was seen is nearly black or white too', () =>
    expectNoLeak(async () => {
      const [other, seen] = tf.tidy(() => {
        const extreme = tf.clipByValue(tf.mul(noise('truth', 3), 3), -1, 1) as tf.Tensor4D;
        return [noise('other', 3), map.degrade(extreme)];
      });
      const images = await consistentImages(map, other, seen);
      const errors = await errorsOf(map, images, seen);
      expect(Math.max(...errors)).to.be.below(0.1 * (2 / 255) + 1e-6);
      const values = images.dataSync();
      expect(Math.max(...values)).to.be.at.most(1);
      expect(Math.min(...values)).to.be.at.least(-1);
      tf.dispose([other, seen, images]);
    }));

  it('are left alone once they are near', () =>
    expectNoLeak(async () => {
      let looks = 0;
      const watched: typeof map = {
        ...map,
        degrade: (images) => {
          looks += 1;
          return map.degrade(images);
        },
      };
      const images = tf.tidy(() => tf.mul<tf.Tensor4D>(noise('easy', 1), 0.1));
      const seen = tf.zeros([1, 4, 4, 1]) as tf.Tensor4D;
      const near = await consistentImages(watched, images, seen);
      tf.dispose([images, seen, near]);
      expect(looks).to.equal(2); // to project it, and to see that this was enough
    }));

  it('depend on no other image of their batch', () =>
    expectNoLeak(async () => {
      const easy = tf.tidy(() => tf.mul<tf.Tensor4D>(noise('easy', 1), 0.1));
      const hard = noise('hard', 1);
      const both = tf.concat([easy, hard]);
      const seen = tf.fill([2, 4, 4, 1], 0.95) as tf.Tensor4D;
      const first = tf.slice(seen, [0, 0, 0, 0], [1, -1, -1, -1]);
      const [alone, together] = [await consistentImages(map, easy, first), await consistentImages(map, both, seen)];
      const own = tf.slice(together, [0, 0, 0, 0], [1, -1, -1, -1]);
      expect(own).to.be.tensorCloseTo(alone, 1e-6);
      tf.dispose([easy, hard, both, seen, first, alone, together, own]);
    }));

  it('come as near as they can where none in range looks so', () =>
    expectNoLeak(async () => {
      const cubic = bicubic(4).of(SHAPE);
      const checks = tf.tensor4d(
        Array.from({ length: 16 }, (_, n) => ((n + Math.floor(n / 4)) % 2 ? 1 : -1)),
        [1, 4, 4, 1],
      );
      const grey = tf.zeros([1, ...SHAPE]) as tf.Tensor4D;
      const images = await consistentImages(cubic, grey, checks);
      const once = tf.tidy(() => tf.clipByValue(cubic.restore(checks), -1, 1) as tf.Tensor4D);
      const missing = (from: tf.Tensor4D): number =>
        tf.tidy(() => tf.norm(tf.sub(project(cubic, from, { seen: checks }), from)).dataSync()[0] as number);
      const [before, after] = [missing(once), missing(images)];
      const [error] = await errorsOf(cubic, images, checks);
      tf.dispose([checks, grey, images, once]);
      expect(after).to.be.below(0.97 * before);
      expect(error).to.be.above(2 / 255);
    }));
});
