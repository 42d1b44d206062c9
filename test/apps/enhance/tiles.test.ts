import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { cutFromCanvas, onCanvas } from '../../../src/apps/enhance/degrade/canvas.ts';
import { project } from '../../../src/apps/enhance/degrade/degradation.ts';
import { bicubic } from '../../../src/apps/enhance/degrade/scalings.ts';
import { enhance } from '../../../src/apps/enhance/enhance.ts';
import { type Span, spansOf } from '../../../src/apps/enhance/spans.ts';
import { tiledModel } from '../../../src/apps/enhance/tiles.ts';
import { makeModel } from '../../../src/models/makeModel.ts';
import type { Model } from '../../../src/models/model.ts';
import { imageNoise } from '../../../src/tensors/noise.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const noise = (shape: readonly [number, number, number], count = 2): tf.Tensor4D =>
  imageNoise(
    Array.from({ length: count }, (_, n) => ['tiles', n]),
    shape,
  );

describe('parts of a line', () => {
  it('reach from end to end, overlap by what was asked at least, and their weights add up to 1', () => {
    let tried = 0;
    for (const side of [4, 7, 8]) {
      for (let length = side; length < 40; length += 1) {
        for (const overlap of [0, 1, 3]) {
          const spans = spansOf(length, side, overlap);
          const total = new Float64Array(length);
          for (const { from, weights } of spans) {
            for (const [n, weight] of weights.entries()) total[from + n] = (total[from + n] as number) + weight;
          }
          const what = `${length} by ${side}, ${overlap}`;
          expect(
            total.every((sum) => Math.abs(sum - 1) < 1e-6),
            what,
          ).to.equal(true);
          const gaps = spans.slice(1).map(({ from }, n) => from - (spans[n] as { from: number }).from);
          expect(Math.max(0, ...gaps), what).to.be.at.most(side - overlap);
          expect(spans[0]?.from).to.equal(0);
          expect(spans.at(-1)?.from).to.equal(length - side);
          tried += 1;
        }
      }
    }
    expect(tried).to.be.above(200);
  });

  it('are no more than they must be', () => {
    expect(spansOf(8, 8, 2)).to.have.lengthOf(1);
    expect(spansOf(14, 8, 2)).to.have.lengthOf(2);
    expect(spansOf(15, 8, 2)).to.have.lengthOf(3);
  });

  it('lie in a finer line where they lie in this one', () => {
    const [coarse, fine] = [spansOf(13, 5, 2), spansOf(13, 5, 2, 4)];
    expect(fine.map(({ from }) => from)).to.deep.equal(coarse.map(({ from }) => 4 * from));
    const total = new Float64Array(4 * 13);
    for (const { from, weights } of fine)
      for (const [n, weight] of weights.entries()) total[from + n] = (total[from + n] as number) + weight;
    expect(total.every((sum) => Math.abs(sum - 1) < 1e-6)).to.equal(true);
  });

  it('fade into each other, and count most where they are far from their ends', () => {
    const [first, second] = spansOf(12, 8, 4) as readonly [Span, Span];
    expect([...first.weights.subarray(0, 4)]).to.deep.equal([1, 1, 1, 1]);
    const fading = [...first.weights.subarray(4)];
    expect(fading).to.deep.equal(fading.toSorted((a, b) => b - a));
    expect(fading.at(-1)).to.be.below(0.2);
    expect([...second.weights].toReversed()).to.deep.equal([...first.weights]);
  });
});

describe('a model of tiles', () => {
  it('answers as the whole would, where the model is local, at once and awaited', () =>
    expectNoLeak(async () => {
      const { model, tiles } = tiledModel(gaussianModel([8, 6, 2]), [20, 13], 2);
      expect(tiles).to.equal(3 * 3);
      const x = noise([20, 13, 2]);
      const whole = gaussianModel([20, 13, 2]).predict(x, [300, 40]);
      const [now, later] = [model.predict(x, [300, 40]), await model.predictAsync(x, [300, 40])];
      expect(now).to.be.tensorCloseTo(whole, 1e-6);
      expect(later).to.be.tensorCloseTo(whole, 1e-6);
      tf.dispose([x, whole, now, later]);
    }));

  it('has no seam where tiles disagree: its answer changes no faster at their borders than elsewhere', () =>
    expectNoLeak(() => {
      const local = gaussianModel([8, 8, 1]);
      const run = (x: tf.Tensor4D): tf.Tensor4D => tf.tidy(() => tf.add(tf.zerosLike(x), tf.mean(x, [1, 2, 3], true)));
      const means = makeModel(local, { engine: 'tfjs', run, runAsync: async (x) => run(x), dispose() {} });
      tf.tidy(() => {
        const ramp = tf.tile(tf.reshape(tf.range(0, 36), [1, 1, 36, 1]), [1, 8, 1, 1]) as tf.Tensor4D;
        const steepest = (overlap: number): number => {
          const answer = tiledModel(means, [8, 36], overlap).model.predict(ramp, 3);
          const [left, right] = [tf.slice(answer, [0, 0, 0, 0], [-1, -1, 35, -1]), tf.slice(answer, [0, 0, 1, 0])];
          return tf.max(tf.sub(right, left)).dataSync()[0] as number;
        };
        expect(steepest(0)).to.be.above(3); // from the mean of one tile to that of the next
        expect(steepest(4)).to.be.below(1.5); // the ramp has 1
      });
    }));

  it('is the model itself where the size is its own', () => {
    const model = gaussianModel([8, 6, 2]);
    expect(tiledModel(model, [8, 6])).to.deep.equal({ model, tiles: 1 });
  });

  it('frees what it cut where the model fails', () =>
    expectNoLeak(async () => {
      const local = gaussianModel([8, 8, 1]);
      const broken = makeModel(local, {
        engine: 'tfjs',
        run: () => tf.zeros([1, 1, 1, 1]),
        runAsync: () => Promise.reject(new Error('broken')),
        dispose() {},
      });
      const x = noise([12, 12, 1]);
      const { model } = tiledModel(broken, [12, 12]);
      const said = await model.predictAsync(x, 3).catch((error: Error) => error.message);
      x.dispose();
      expect(said).to.equal('broken');
    }));

  it('is refused for tiles that overlap altogether', () => {
    const make = (overlap: number) => (): unknown => tiledModel(gaussianModel([8, 6, 1]), [16, 16], overlap);
    expect(make(5)).not.to.throw();
    expect(make(6))
      .to.throw(/8 x 6 must overlap by at most 5.*got 6/)
      .with.property('code', 'bad-overlap');
  });
});

describe('images in the middle of a canvas', () => {
  const map = bicubic(2).of([8, 12, 2]);
  const canvas = onCanvas(map, [13, 20]);

  it('are what is seen of it, and the rest is left alone', () =>
    expectNoLeak(() => {
      tf.tidy(() => {
        const images = noise([13, 20, 2]);
        const seen = map.degrade(noise([8, 12, 2]));
        expect(canvas.imageShape).to.deep.equal([13, 20, 2]);
        expect(canvas.seenShape).to.deep.equal([4, 6, 2]);
        const middle = cutFromCanvas(images, [8, 12]);
        expect(middle).to.be.tensorCloseTo(tf.slice(images, [0, 2, 4, 0], [-1, 8, 12, -1]), 0);
        expect(canvas.degrade(images)).to.be.tensorCloseTo(map.degrade(middle), 0);
        const projected = project(canvas, images, { seen });
        expect(cutFromCanvas(projected, [8, 12])).to.be.tensorCloseTo(project(map, middle, { seen }), 1e-6);
        const change = tf.abs(tf.sub(projected, images));
        const within = tf.sum(cutFromCanvas(change as tf.Tensor4D, [8, 12]));
        expect(tf.sum(change).dataSync()[0]).to.be.closeTo(within.dataSync()[0] as number, 1e-4);
      });
    }));

  it('are mirrored around their guess, however large the canvas', () =>
    expectNoLeak(() => {
      tf.tidy(() => {
        const seen = map.degrade(noise([8, 12, 2]));
        expect(cutFromCanvas(canvas.guess(seen), [8, 12])).to.be.tensorCloseTo(map.guess(seen), 0);
        const large = onCanvas(map, [40, 12]).guess(seen);
        const middle = tf.slice(large, [0, 16, 0, 0], [-1, 8, -1, -1]);
        expect(tf.slice(large, [0, 8, 0, 0], [-1, 8, -1, -1])).to.be.tensorCloseTo(tf.reverse(middle, 1), 0);
        expect(tf.slice(large, [0, 0, 0, 0], [-1, 8, -1, -1])).to.be.tensorCloseTo(middle, 0);
      });
    }));

  it('are the canvas where it is as large', () => expect(onCanvas(map, [8, 12])).to.equal(map));
});

describe('images of another size than the model makes', () => {
  const made = async (model: Model, seen: tf.Tensor4D, options = {}) => {
    const keys = Array.from({ length: seen.shape[0] }, (_, n) => n);
    return enhance(model, seen, { seed: 'a', factor: 2, keys, ...options });
  };

  it('become what a larger model of the same kind makes of them, for one that is local', () =>
    expectNoLeak(async () => {
      const large = gaussianModel([20, 28, 1]);
      const seen = tf.tidy(() => bicubic(2).of(large.imageShape).degrade(gaussianImages(2, large)));
      const whole = await made(large, seen);
      const tiled = await made(gaussianModel([8, 12, 1]), seen, { overlap: 3 });
      expect(tiled.images).to.be.tensorCloseTo(whole.images, 1e-4);
      expect(tiled.evaluations).to.equal(whole.evaluations * 4 * 3);
      tf.dispose([seen, whole.images, tiled.images]);
    }));

  it('may be smaller, or smaller one way and larger the other, and look as what was seen', () =>
    expectNoLeak(async () => {
      const model = gaussianModel([16, 16, 1]);
      for (const size of [
        [6, 10],
        [6, 24],
      ] as const) {
        const seen = tf.tidy(() => {
          const images = tf.clipByValue(tf.add(tf.mul(noise([...size, 1]), 0.1), 0.5), 0, 1) as tf.Tensor4D;
          return bicubic(2)
            .of([...size, 1])
            .degrade(images);
        });
        const { images, errors } = await made(model, seen);
        expect(images.shape).to.deep.equal([2, ...size, 1]);
        expect(Math.max(...errors)).to.be.below(0.5);
        tf.dispose([seen, images]);
      }
    }));

  it('may have long lines, which are refused only where they are seen through noise, before anything is walked', () =>
    expectNoLeak(async () => {
      const seen = tf.tidy(
        () => tf.clipByValue(tf.add(tf.mul(noise([1025, 2, 1], 1), 0.05), 0.5), 0, 1) as tf.Tensor4D,
      );
      const model = gaussianModel([8, 8, 1]);
      const { images, errors } = await made(model, seen, { cascade: [] });
      expect(images.shape).to.deep.equal([1, 2050, 4, 1]);
      expect(errors[0]).to.be.below(0.5);
      const said = await made(model, seen, { noise: 0.1 }).catch((error: Error) => error);
      tf.dispose([seen, images]);
      expect(said).to.have.property('code', 'too-large');
      expect((said as Error).message).to.match(/noise.*1024.*got 1025/);
      expect(model.asked.calls).to.equal(0);
    }));
});
