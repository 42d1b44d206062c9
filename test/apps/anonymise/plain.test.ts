import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { blur, pixelate } from '../../../src/apps/anonymise/plain.ts';
import { ArgumentError } from '../../../src/errors.ts';
import { uniformStream } from '../../../src/random.ts';
import { expectNoLeak, largestDifference } from '../../support/tensors.ts';

const noise = (shape: [number, number, number, number], name = 'noise'): tf.Tensor4D => {
  const next = uniformStream([name]);
  return tf.tensor4d(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next), shape);
};
/** One bright pixel in the middle of a large picture. */
const spot = (side: number): tf.Tensor4D => {
  const data = new Float32Array(side * side);
  data[((side - 1) / 2) * (side + 1)] = 1;
  return tf.tensor4d(data, [1, side, side, 1]);
};

describe('blur', () => {
  it('spreads a spot as a Gaussian of that width does', () =>
    expectNoLeak(async () => {
      const [side, sigma] = [41, 2.5];
      const image = spot(side);
      const blurred = blur(image, sigma);
      const rows = (await blurred.array())[0]?.map((row) => row.map(([value]) => value as number)) ?? [];
      const at = (down: number, right: number): number => rows[20 + down]?.[20 + right] ?? Number.NaN;
      for (const [down, right] of [
        [1, 0],
        [0, 3],
        [2, 4],
        [-5, 5],
      ] as const) {
        const wanted = Math.exp(-(down ** 2 + right ** 2) / (2 * sigma ** 2));
        expect(at(down, right) / at(0, 0)).to.be.closeTo(wanted, 1e-5);
      }
      expect(rows.flat().reduce((sum, value) => sum + value, 0)).to.be.closeTo(1, 1e-5);
      tf.dispose([image, blurred]);
    }));

  it('keeps what is plain, and the mean of every channel of every image, edges and all', () =>
    expectNoLeak(async () => {
      const [plain, images] = [tf.fill([1, 5, 9, 3], 0.7) as tf.Tensor4D, noise([3, 5, 9, 3])];
      for (const sigma of [0.4, 2, 30]) {
        const [same, blurred] = [blur(plain, sigma), blur(images, sigma)];
        expect(same).to.be.tensorCloseTo(plain, 1e-6);
        const [before, after] = [tf.mean(images, [1, 2]), tf.mean(blurred, [1, 2])];
        expect(after).to.be.tensorCloseTo(before, 1e-6);
        tf.dispose([same, blurred, before, after]);
      }
      tf.dispose([plain, images]);
    }));

  it('leaves one plane of light where it blurs far beyond the picture, and the picture where it does not blur', () =>
    expectNoLeak(() => {
      const images = noise([2, 4, 7, 1]);
      const [flat, same] = [blur(images, 40), blur(images, 0)];
      const mean = tf.tidy(() => tf.broadcastTo(tf.mean(images, [1, 2], true), images.shape));
      expect(flat).to.be.tensorCloseTo(mean, 1e-4);
      expect(same).to.be.tensorCloseTo(images, 0);
      expect(same).to.not.equal(images);
      tf.dispose([images, flat, same, mean]);
    }));

  it('blurs twice as one blur of both widths together does', () =>
    expectNoLeak(() => {
      const images = noise([2, 24, 18, 3]);
      const once = blur(images, 2);
      const [twice, both] = [blur(once, 1.5), blur(images, 2.5)];
      expect(twice).to.be.tensorCloseTo(both, 2e-3);
      tf.dispose([images, once, twice, both]);
    }));

  it('blurs each image as it is blurred alone', () =>
    expectNoLeak(() => {
      const images = noise([3, 6, 5, 3]);
      const alone = tf.slice(images, [1, 0, 0, 0], [1, -1, -1, -1]);
      const [all, one] = [blur(images, 1), blur(alone, 1)];
      const among = tf.slice(all, [1, 0, 0, 0], [1, -1, -1, -1]);
      expect(among).to.be.tensorCloseTo(one, 1e-6);
      tf.dispose([images, alone, all, one, among]);
    }));

  for (const sigma of [-1, Number.NaN, Number.POSITIVE_INFINITY, '2' as unknown as number]) {
    it(`refuses a sigma of ${JSON.stringify(sigma)} (${sigma})`, () =>
      expectNoLeak(() => {
        const images = noise([1, 4, 4, 1]);
        expect(() => blur(images, sigma))
          .to.throw(ArgumentError, /sigma must be/)
          .with.property('code', 'bad-sigma');
        images.dispose();
      }));
  }
});

describe('pixelate', () => {
  it('gives every pixel of a block the mean of the block, cut ones at the edges too', () =>
    expectNoLeak(() => {
      const [height, width, channels, size] = [7, 10, 3, 4];
      const images = noise([2, height, width, channels]);
      const pixels = images.dataSync();
      const at = (n: number, y: number, x: number, c: number): number =>
        pixels[((n * height + y) * width + x) * channels + c] as number;
      const wanted: number[] = [];
      for (let n = 0; n < 2; n += 1)
        for (let y = 0; y < height; y += 1)
          for (let x = 0; x < width; x += 1)
            for (let c = 0; c < channels; c += 1) {
              const [top, left] = [y - (y % size), x - (x % size)];
              const block: number[] = [];
              for (let v = top; v < Math.min(height, top + size); v += 1)
                for (let u = left; u < Math.min(width, left + size); u += 1) block.push(at(n, v, u, c));
              wanted.push(block.reduce((sum, value) => sum + value, 0) / block.length);
            }
      const made = pixelate(images, size);
      expect(largestDifference(made.dataSync(), wanted)).to.be.below(1e-6);
      tf.dispose([images, made]);
    }));

  it('changes nothing that was pixelated, nor by blocks of one pixel', () =>
    expectNoLeak(() => {
      const images = noise([2, 8, 8, 3]);
      const [once, same] = [pixelate(images, 3), pixelate(images, 1)];
      const twice = pixelate(once, 3);
      expect(twice).to.be.tensorCloseTo(once, 1e-6);
      expect(same).to.be.tensorCloseTo(images, 0);
      expect(same).to.not.equal(images);
      tf.dispose([images, once, same, twice]);
    }));

  for (const size of [0, 2.5, Number.NaN]) {
    it(`refuses blocks of ${size} pixels`, () =>
      expectNoLeak(() => {
        const images = noise([1, 4, 4, 1]);
        expect(() => pixelate(images, size))
          .to.throw(ArgumentError, /whole number of pixels/)
          .with.property('code', 'bad-block-size');
        images.dispose();
      }));
  }
});
