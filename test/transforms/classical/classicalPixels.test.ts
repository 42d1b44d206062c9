import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { uniformStream } from '../../../src/random.ts';
import type { ImageShape } from '../../../src/tensors/noise.ts';
import type { ImageRange } from '../../../src/tensors/range.ts';
import {
  type Affine,
  chained,
  MIRRORED,
  rotated,
  sheared,
  shifted,
  UNMOVED,
} from '../../../src/transforms/classical/affine.ts';
import { applyPlans } from '../../../src/transforms/classical/applyPlans.ts';
import { boxAround } from '../../../src/transforms/classical/boxes.ts';
import { type ImagePlan, joinChanges } from '../../../src/transforms/classical/imagePlan.ts';
import type { Fill } from '../../../src/transforms/classical/resample.ts';
import { expectNoLeak, largestDifference } from '../../support/tensors.ts';
import { describeTfjsNode } from '../../support/tfjsNode.ts';

const SHAPE: ImageShape = [5, 7, 2];
const [HEIGHT, WIDTH, CHANNELS] = SHAPE;
const SIZE = HEIGHT * WIDTH * CHANNELS;
type Looks = { readonly range: ImageRange; readonly fill: Fill };
const LOOKS: Looks = { range: '0..1', fill: 'black' };
const plan = (changes: Partial<ImagePlan>): ImagePlan => ({ ...joinChanges([changes]), cutout: changes.cutout });

const next = uniformStream(['classical test']);
const images = [0, 1, 2].map(() => Float32Array.from({ length: SIZE }, next));

/** The pixels of images after their plans, image by image. */
const changed = (values: readonly Float32Array[], plans: readonly ImagePlan[], looks = LOOKS): Float32Array[] => {
  const all = tf.tidy(() => {
    const batch = tf.tensor4d(
      values.flatMap((image) => [...image]),
      [values.length, ...SHAPE],
    );
    return applyPlans(batch, plans, looks).dataSync<'float32'>();
  });
  return values.map((_, n) => all.slice(n * SIZE, (n + 1) * SIZE));
};
const moved = (affine: Affine, looks = LOOKS, image = images[0] as Float32Array): Float32Array =>
  changed([image], [plan({ affine })], looks)[0] as Float32Array;

/** A pixel of an image; `outside` decides beyond its border. */
type Outside = (row: number, column: number) => number;
const black: Outside = () => 0;
const pixel = (image: Float32Array, row: number, column: number, channel: number, outside: Outside): number =>
  row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH
    ? (image[(row * WIDTH + column) * CHANNELS + channel] as number)
    : outside(row, column);
const drawn = (show: (row: number, column: number, channel: number) => number): Float32Array => {
  const values = new Float32Array(SIZE);
  for (let n = 0; n < SIZE; n += 1) {
    const place = Math.floor(n / CHANNELS);
    values[n] = show(Math.floor(place / WIDTH), place % WIDTH, n % CHANNELS);
  }
  return values;
};

/** Bilinear interpolation, written out. */
const interpolated = (image: Float32Array, row: number, column: number, channel: number): number => {
  let sum = 0;
  for (let r = Math.floor(row); r <= Math.floor(row) + 1; r += 1) {
    for (let c = Math.floor(column); c <= Math.floor(column) + 1; c += 1) {
      const weight = Math.max(0, 1 - Math.abs(row - r)) * Math.max(0, 1 - Math.abs(column - c));
      sum += weight * pixel(image, r, c, channel, black);
    }
  }
  return sum;
};

const laws = (): void => {
  const [first, second, third] = images as [Float32Array, Float32Array, Float32Array];

  it('leaves an image that nothing is asked of as it is, to the last bit, beside images that change', () => {
    const all = plan({
      affine: rotated(20),
      gain: 1.3,
      offset: 0.1,
      solarize: 0.4,
      bits: 3,
      cutout: boxAround({ row: 2, column: 2 }, { height: 2, width: 2 }, SHAPE),
    });
    const [left, other] = changed([first, second], [plan({}), all]);
    expect(left).to.deep.equal(first);
    expect(largestDifference(other as Float32Array, second)).to.be.above(0.1);
  });

  it('mirrors exactly, and mirrored twice is the image again', () => {
    expect(moved(MIRRORED)).to.deep.equal(drawn((row, column, c) => pixel(first, row, WIDTH - 1 - column, c, black)));
    expect(moved(MIRRORED, LOOKS, moved(MIRRORED))).to.deep.equal(first);
    expect(chained(MIRRORED, MIRRORED)).to.deep.equal(UNMOVED.map((n) => n + 0));
  });

  it('shifts by whole pixels exactly, to the right and down, and fills with black or with what is mirrored', () => {
    const whole = drawn((row, column, c) => pixel(first, row - 1, column - 2, c, black));
    expect(moved(shifted(2, 1))).to.deep.equal(whole);
    const mirrored = drawn((row, column, c) => {
      const [r, k] = [row - 1 < 0 ? -row : row - 1, column - 2 < 0 ? 1 - column : column - 2];
      return pixel(first, r, k, c, () => Number.NaN);
    });
    expect(moved(shifted(2, 1), { ...LOOKS, fill: 'reflect' })).to.deep.equal(mirrored);
    const asSigned = first.map((value) => Math.fround(value * 2 - 1));
    const signed = moved(shifted(2, 1), { range: '-1..1', fill: 'black' }, asSigned);
    expect(signed).to.deep.equal(drawn((row, column, c) => pixel(asSigned, row - 1, column - 2, c, () => -1)));
  });

  it('turns by 0 exactly, by 180 as mirrored both ways, and by 90 anticlockwise', () => {
    expect(moved(rotated(0))).to.deep.equal(first);
    expect(moved(rotated(180))).to.deep.equal(
      drawn((row, k, c) => pixel(first, HEIGHT - 1 - row, WIDTH - 1 - k, c, black)),
    );
    const quarter = drawn((row, column, c) => pixel(first, column - 1, WIDTH - 2 - row, c, black)); // 5 x 7 about its centre
    expect(moved(rotated(90))).to.deep.equal(quarter);
  });

  it('moves by parts of pixels, turns and slants as bilinear interpolation written out does', () => {
    for (const affine of [
      shifted(0.3, -1.6),
      rotated(17),
      sheared(0.25, -0.1),
      chained(rotated(-40), shifted(1.2, 0)),
    ]) {
      const [a, b, x, d, e, y] = affine;
      const expected = drawn((row, column, c) => {
        const [right, down] = [column - (WIDTH - 1) / 2, row - (HEIGHT - 1) / 2];
        const from = [d * right + e * down + y + (HEIGHT - 1) / 2, a * right + b * down + x + (WIDTH - 1) / 2] as const;
        return interpolated(first, ...from, c);
      });
      expect(largestDifference(moved(affine), expected)).to.be.below(1e-6);
    }
  });

  it('chains moves in the order in which they are named', () => {
    expect(moved(chained(MIRRORED, shifted(2, 0)))).to.deep.equal(moved(shifted(2, 0), LOOKS, moved(MIRRORED)));
    expect(moved(chained(shifted(2, 0), MIRRORED))).to.deep.equal(moved(MIRRORED, LOOKS, moved(shifted(2, 0))));
  });

  it('changes each image of a batch by its own plan, as if it were alone', () => {
    const plans = [
      plan({ affine: rotated(33), gain: 0.6 }),
      plan({ affine: MIRRORED }),
      plan({ offset: -0.2, bits: 2 }),
    ];
    const together = changed([first, second, third], plans);
    [first, second, third].forEach((image, n) => {
      const [alone] = changed([image], [plans[n] as ImagePlan]);
      expect(largestDifference(together[n] as Float32Array, alone as Float32Array)).to.be.at.most(1e-6);
    });
  });

  it('adds brightness, stretches contrast about the mean of each channel, and stays within the range', () => {
    const means = [0, 1].map((c) => {
      const channel = first.filter((_, n) => n % CHANNELS === c);
      return channel.reduce((sum, value) => sum + value, 0) / channel.length;
    });
    const [toned] = changed([first], [plan({ gain: 1.5, offset: 0.2 })]);
    const expected = first.map((value, n) => {
      const mean = means[n % CHANNELS] as number;
      return Math.min(1, Math.max(0, mean + 1.5 * (value - mean) + 0.2));
    });
    expect(largestDifference(toned as Float32Array, expected)).to.be.below(1e-6);
    expect(Math.max(...(toned as Float32Array))).to.equal(1);
  });

  it('inverts from a level on, and keeps as many bits as asked', () => {
    const [solarized] = changed([first], [plan({ solarize: 0.6 })]);
    const inverted = first.map((value) => (value >= 0.6 ? 1 - value : value));
    expect(largestDifference(solarized as Float32Array, inverted)).to.be.below(1e-6);
    const bytes = first.map((value) => Math.round(value * 255) / 255);
    const [kept] = changed([bytes], [plan({ bits: 3 })]);
    const masked = bytes.map((value) => (Math.round(value * 255) & 0b11100000) / 255);
    expect(largestDifference(kept as Float32Array, masked)).to.be.below(1e-6);
  });

  it('blackens a square around a pixel, less what of it falls outside', () => {
    for (const [row, column, area] of [
      [2, 3, 9],
      [0, 0, 4],
      [4, 3, 6],
    ] as const) {
      const cutout = boxAround({ row, column }, { height: 3, width: 3 }, SHAPE);
      const [cut] = changed([first], [plan({ cutout })]);
      const expected = drawn((r, k, c) =>
        Math.abs(r - row) <= 1 && Math.abs(k - column) <= 1 ? 0 : pixel(first, r, k, c, black),
      );
      expect(cut).to.deep.equal(expected);
      expect((cut as Float32Array).filter((value) => value === 0).length).to.equal(area * CHANNELS);
    }
  });

  it('leaks nothing', () =>
    expectNoLeak(() => changed([first], [plan({ affine: rotated(5), gain: 2, solarize: 0.5, bits: 4 })])));
};

for (const backend of ['wasm', 'cpu']) {
  describe(`pixels of classical plans on ${backend}`, () => {
    before(() => tf.setBackend(backend));
    after(() => tf.setBackend('wasm'));
    laws();
  });
}
describeTfjsNode('pixels of classical plans', laws);
