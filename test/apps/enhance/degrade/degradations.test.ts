import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { type Degrade, project, trustThroughNoise } from '../../../../src/apps/enhance/degrade/degradation.ts';
import { masked } from '../../../../src/apps/enhance/degrade/masked.ts';
import { bicubic, blockMeans, blurred } from '../../../../src/apps/enhance/degrade/scalings.ts';
import { ArgumentError } from '../../../../src/errors.ts';
import { uniformStream } from '../../../../src/random.ts';
import { type ImageShape, imageNoise } from '../../../../src/tensors/noise.ts';
import { expectNoLeak } from '../../../support/tensors.ts';

const SHAPE: ImageShape = [16, 24, 3];

/** Whether a pixel is seen: a hole in the middle, and some pixels here and there. */
const holes = Array.from({ length: 16 * 24 }, (_, n) => {
  const [row, column] = [Math.floor(n / 24), n % 24];
  return row > 4 && row < 11 && column > 5 && column < 17 ? 0 : Number(n % 7 !== 3);
});

const DEGRADATIONS: Readonly<Record<string, Degrade>> = {
  'means of blocks': blockMeans(4),
  'means of blocks of 1': blockMeans(1),
  'bicubic as by Pillow': bicubic(4),
  'bicubic as by Matlab': bicubic(8, 'matlab'),
  'bicubic by 1': bicubic(1),
  'a kernel with a stride': blurred([0.1, 0.2, 0.4, 0.2, 0.1], 2),
  'a kernel that is not symmetric': blurred([0.7, 0.2, 0.1]),
  'a kernel that takes a direction away': blurred([1 / 3, 1 / 3, 1 / 3]), // of period 3, which 24 pixels have
  'a mask': masked(holes),
};

const noise = (name: string, shape: ImageShape, count = 2): tf.Tensor4D =>
  imageNoise(
    Array.from({ length: count }, (_, n) => [name, n]),
    shape,
  );

for (const [name, degrade] of Object.entries(DEGRADATIONS)) {
  describe(`images that were degraded: ${name}`, () => {
    const map = degrade.of(SHAPE);
    const { seenShape } = map;

    it('are seen as before after they were restored: A A⁺ A = A', () =>
      expectNoLeak(() => {
        tf.tidy(() => {
          const seen = map.degrade(noise('images', SHAPE));
          expect(seen.shape).to.deep.equal([2, ...seenShape]);
          expect(map.degrade(map.restore(seen))).to.be.tensorCloseTo(seen, 1e-3);
        });
      }));

    it('are restored to the smallest that are seen so: A⁺ A A⁺ = A⁺, and A⁺ A is symmetric', () =>
      expectNoLeak(() => {
        tf.tidy(() => {
          const [a, b] = [noise('a', SHAPE), noise('b', SHAPE)];
          const kept = (x: tf.Tensor4D) => map.restore(map.degrade(x));
          expect(kept(kept(a))).to.be.tensorCloseTo(kept(a), 1e-3);
          const product = (x: tf.Tensor, y: tf.Tensor): number => tf.sum(tf.mul(x, y)).dataSync()[0] as number;
          expect(product(kept(a), b)).to.be.closeTo(product(a, kept(b)), 0.02);
        });
      }));

    it('are projected onto what was seen, once and for all, and no further than they must', () =>
      expectNoLeak(() => {
        tf.tidy(() => {
          const seen = map.degrade(noise('truth', SHAPE));
          const other = noise('other', SHAPE);
          const projected = project(map, other, { seen });
          expect(map.degrade(projected)).to.be.tensorCloseTo(seen, 1e-3);
          expect(project(map, projected, { seen })).to.be.tensorCloseTo(projected, 1e-3);
          const within = project(map, noise('third', SHAPE), { seen }); // another one that is seen so
          const product = tf.sum(tf.mul(tf.sub(other, projected), tf.sub(within, projected))).dataSync()[0] as number;
          expect(product).to.be.closeTo(0, 0.05);
        });
      }));

    it('stay grey where they are grey, guessed as well', () =>
      expectNoLeak(() => {
        tf.tidy(() => {
          const grey = tf.fill<tf.Rank.R4>([1, ...SHAPE], 0.3);
          const seen = map.degrade(grey);
          if (name !== 'a mask') expect(seen).to.be.tensorCloseTo(tf.fill([1, ...seenShape], 0.3), 1e-6);
          expect(map.guess(seen)).to.be.tensorCloseTo(grey, 1e-5);
          expect(project(map, map.guess(seen), { seen })).to.be.tensorCloseTo(grey, 1e-3);
        });
      }));

    it('are left alone where nothing is trusted, and partly where part of it is', () =>
      expectNoLeak(() => {
        tf.tidy(() => {
          const [seen, other] = [map.degrade(noise('truth', SHAPE)), noise('other', SHAPE)];
          expect(project(map, other, { seen, trust: () => 0 })).to.be.tensorCloseTo(other, 0);
          const half = project(map, other, { seen, trust: () => 0.5 });
          const whole = project(map, other, { seen });
          expect(half).to.be.tensorCloseTo(tf.div(tf.add(whole, other), 2), 1e-3);
        });
      }));
  });
}

describe('a factor of 1', () => {
  for (const [name, degrade] of Object.entries({ blockMeans: blockMeans(1), bicubic: bicubic(1) })) {
    it(`changes nothing: ${name}`, () =>
      expectNoLeak(() => {
        tf.tidy(() => {
          const [map, images] = [degrade.of(SHAPE), noise('images', SHAPE)];
          for (const same of [map.degrade(images), map.restore(images), map.guess(images)]) {
            expect(same).to.be.tensorCloseTo(images, 1e-5);
          }
        });
      }));
  }
});

describe('a pseudo-inverse', () => {
  it('of means is every mean where its block was', () =>
    expectNoLeak(() => {
      tf.tidy(() => {
        const seen = noise('seen', [4, 6, 3]);
        const nearest = tf.image.resizeNearestNeighbor(seen, [16, 24]);
        expect(blockMeans(4).of(SHAPE).restore(seen)).to.be.tensorCloseTo(nearest, 1e-5);
      });
    }));

  it('takes from a direction what its gain and the noise allow, at every level', () =>
    expectNoLeak(() => {
      tf.tidy(() => {
        const map = blockMeans(2).of([4, 4, 1]); // all gains are a half
        const seen = noise('seen', [2, 2, 1]);
        const whole = map.restore(seen);
        for (const [sigma, share] of [
          [1, 1],
          [0.2, 1],
          [0.1, 0.5],
          [0.02, 0.1],
        ] as const) {
          const taken = map.restore(seen, trustThroughNoise(0.1, sigma));
          expect(taken, `${sigma}`).to.be.tensorCloseTo(tf.mul(whole, share), 1e-5);
        }
        expect(map.restore(seen, trustThroughNoise(0, 0))).to.be.tensorCloseTo(whole, 0);
      });
    }));
});

describe('a mask', () => {
  it('leaves pixels that are seen exactly as they are, and fills others between their neighbours', () =>
    expectNoLeak(() => {
      tf.tidy(() => {
        const next = uniformStream(['mask']);
        const seen = tf.mul<tf.Tensor4D>(
          tf.tensor4d(
            Array.from({ length: 16 * 24 }, () => 0.2 + 0.5 * next()),
            [1, 16, 24, 1],
          ),
          tf.tensor4d(holes, [1, 16, 24, 1]),
        );
        const filled = masked(holes).of([16, 24, 1]).guess(seen).dataSync();
        const before = seen.dataSync();
        for (const [n, isSeen] of holes.entries()) {
          if (isSeen) expect(filled[n]).to.equal(before[n]);
          else expect(filled[n]).to.be.within(0.2, 0.7);
        }
      });
    }));
});

describe('degradations that mean nothing', () => {
  const cases: [string, () => unknown, string, RegExp][] = [
    ['a factor that is not whole', () => bicubic(1.3), 'bad-factor', /whole number.*1\.3/],
    ['a factor that does not divide', () => blockMeans(5).of(SHAPE), 'bad-factor', /16 x 24; got 5/],
    ['a factor that divides the width alone', () => blockMeans(3).of(SHAPE), 'bad-factor', /16 x 24; got 3/],
    ['a factor that divides the height alone', () => bicubic(3).of([24, 16, 3]), 'bad-factor', /24 x 16; got 3/],
    ['a kernel that makes images brighter', () => blurred([0.5, 0.6]), 'bad-kernel', /sum, 1\.1/],
    ['a kernel of nothing', () => blurred([]), 'bad-kernel', /add up to 1/],
    ['a kernel of no numbers', () => blurred([Number.NaN]), 'bad-kernel', /NaN/],
    ['a mask of another size', () => masked([1, 0]).of(SHAPE), 'wrong-mask-size', /16 x 24 pixels, 384; got 2/],
    ['a mask of other numbers', () => masked([1, 0.5]), 'bad-mask', /got 0\.5/],
    ['a mask that shows nothing', () => masked([0, 0]), 'bad-mask', /none/],
  ];
  for (const [name, make, code, words] of cases) {
    it(`are refused: ${name}`, () => {
      expect(make).to.throw(ArgumentError, words).with.property('code', code);
    });
  }
});
