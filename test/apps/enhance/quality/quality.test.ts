import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { gmsd, multiScaleGmsd } from '../../../../src/apps/enhance/quality/gmsd.ts';
import { psnr } from '../../../../src/apps/enhance/quality/psnr.ts';
import { ssim } from '../../../../src/apps/enhance/quality/ssim.ts';
import type { ImageShape } from '../../../../src/tensors/noise.ts';
import { expectNoLeak } from '../../../support/tensors.ts';

const MEASURES = { psnr, ssim, gmsd, multiScaleGmsd } as const;
type Name = keyof typeof MEASURES;
const NAMES = Object.keys(MEASURES) as Name[];

/** A picture of waves; another shift is another picture. */
const waves = ([height, width, channels]: ImageShape, shift: number): tf.Tensor4D =>
  tf.tensor4d(
    Array.from({ length: height * width * channels }, (_, n) => {
      const [i, j, k] = [Math.floor(n / (width * channels)), Math.floor(n / channels) % width, n % channels];
      const large = Math.sin(0.9 * i + 0.5 * k + shift) * Math.cos(0.7 * j - 0.3 * k);
      return 0.5 + 0.3 * large + 0.15 * Math.sin(1.7 * j * shift + 0.4 * i);
    }),
    [1, height, width, channels],
  );
const blurred = (x: tf.Tensor4D, side: number): tf.Tensor4D => tf.avgPool(x, side, 1, 'same');
const valuesOf = (name: Name, a: tf.Tensor4D, b: tf.Tensor4D): number[] => [...MEASURES[name](a, b).dataSync()];

/*
 * By the definitions in numpy 2.4.6 and float64, window by window and with no code of ours: the waves of shift 1 beside
 * those of shift 0; six digits.
 */
const NUMPY: readonly (readonly [ImageShape, Readonly<Record<Name, number>>])[] = [
  [[28, 28, 1], { psnr: 13.64231, ssim: 0.402187, gmsd: 0.215276, multiScaleGmsd: 0.27563 }],
  [[37, 33, 3], { psnr: 13.59284, ssim: 0.402222, gmsd: 0.198601, multiScaleGmsd: 0.271225 }],
  [[12, 14, 1], { psnr: 13.61388, ssim: 0.395564, gmsd: 0.207448, multiScaleGmsd: 0.22196 }],
];

describe('how near pictures are to the true ones', () => {
  for (const name of NAMES) {
    it(`${name} is what its definition says, of grey and of colour, even and odd`, () =>
      tf.tidy(() => {
        for (const [shape, expected] of NUMPY) {
          const [value] = valuesOf(name, waves(shape, 1), waves(shape, 0)) as [number];
          expect(value, String(shape)).to.be.closeTo(expected[name], 1e-5);
        }
      }));

    it(`${name} is the same from a picture to another as from the other to it`, () =>
      tf.tidy(() => {
        const [a, b] = [waves([20, 20, 3], 0), waves([20, 20, 3], 1)];
        expect(valuesOf(name, a, b)[0]).to.be.closeTo(valuesOf(name, b, a)[0] as number, 1e-6);
      }));

    it(`${name} finds a picture further from the true one the more it is blurred`, () =>
      tf.tidy(() => {
        const original = waves([32, 32, 1], 1);
        const [none, little, more, most] = [1, 3, 5, 7].map(
          (side) => valuesOf(name, blurred(original, side), original)[0] as number,
        ) as [number, number, number, number];
        const isRising = name === 'gmsd' || name === 'multiScaleGmsd';
        const distances = [none, little, more, most].map((value) => (isRising ? value : -value));
        expect(distances).to.deep.equal(distances.toSorted((a, b) => a - b));
        expect(new Set(distances).size).to.equal(4);
      }));

    it(`${name} measures each picture by itself`, () =>
      tf.tidy(() => {
        const [a, b] = [waves([16, 18, 1], 0), waves([16, 18, 1], 1)];
        const [both, one] = [valuesOf(name, tf.concat([b, a]), tf.concat([a, b])), valuesOf(name, b, a)];
        expect(both).to.have.length(2);
        expect(both[0]).to.be.closeTo(one[0] as number, 1e-6);
      }));

    it(`${name} leaves pictures alone, and no tensor behind`, () =>
      expectNoLeak(() => {
        const [a, b] = [waves([9, 9, 1], 0), waves([9, 9, 1], 1)];
        MEASURES[name](a, b).dispose();
        tf.dispose([a, b]);
      }));
  }

  it('is best of a picture with itself', () =>
    tf.tidy(() => {
      const a = waves([24, 24, 3], 1);
      expect(valuesOf('psnr', a, a)).to.deep.equal([Number.POSITIVE_INFINITY]);
      expect(valuesOf('ssim', a, a)[0]).to.be.closeTo(1, 1e-5);
      expect(valuesOf('gmsd', a, a)[0]).to.be.below(1e-6);
      expect(valuesOf('multiScaleGmsd', a, a)[0]).to.be.below(1e-6);
    }));

  it('counts 20 dB for a difference of a tenth of white', () =>
    tf.tidy(() => {
      const a = waves([8, 8, 1], 0);
      expect(valuesOf('psnr', tf.add(a, 0.1), a)[0]).to.be.closeTo(20, 1e-3);
    }));

  it('sees in gradients of colour no other hue of the same luminance', () =>
    tf.tidy(() => {
      const a = waves([32, 32, 3], 0);
      const hue = tf.add<tf.Tensor4D>(a, [0.114 / 4, 0, -0.299 / 4]);
      expect(valuesOf('psnr', hue, a)[0]).to.be.below(30);
      for (const name of ['gmsd', 'multiScaleGmsd'] as const) expect(valuesOf(name, hue, a)[0]).to.be.below(1e-4);
    }));
});
