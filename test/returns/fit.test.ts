import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { structuralSimilarities } from '../../src/calibrate/measures.ts';
import { ArgumentError } from '../../src/errors.ts';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import type { Fit } from '../../src/returns/fit.ts';
import type { VariantRecord } from '../../src/returns/record.ts';
import { replay } from '../../src/returns/replay.ts';
import { resizePixels } from '../../src/tensors/resize.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

describe('resizing', () => {
  const ramp = (height: number, width: number): Float32Array =>
    Float32Array.from({ length: height * width * 2 }, (_, i) => {
      const [row, column] = [Math.floor(i / (2 * width)), Math.floor(i / 2) % width];
      return i % 2 === 0 ? (column + 0.5) / width : (row + 0.5) / height;
    });

  it('keeps a flat image flat, and a slope a slope but for its ends, to any size', () => {
    for (const [rows, columns] of [
      [4, 4],
      [9, 31],
      [64, 3],
      [1, 1],
    ] as const) {
      const flat = resizePixels(new Float32Array(12 * 20 * 2).fill(0.3), [12, 20, 2], [rows, columns]);
      expect(flat).to.have.lengthOf(rows * columns * 2);
      expect(
        largestDifference(
          flat,
          flat.map(() => 0.3),
        ),
      ).to.be.below(1e-6);
    }
    const small = resizePixels(ramp(30, 40), [30, 40, 2], [15, 10]);
    const inner = (values: Float32Array) =>
      values.filter((_, i) => {
        const [row, column] = [Math.floor(i / 20), Math.floor(i / 2) % 10];
        return row > 0 && row < 14 && column > 0 && column < 9;
      });
    expect(largestDifference(inner(small), inner(ramp(15, 10)))).to.be.below(1e-6);
  });

  it('does not alias: a pattern finer than the small image becomes its mean', () => {
    const stripes = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const small = resizePixels(stripes, [64, 64, 1], [8, 8]);
    expect(Math.max(...small.map(Math.abs))).to.be.below(0.05);
  });

  it('leaves an image of the size as it is', () => {
    const pixels = ramp(3, 3);
    expect(resizePixels(pixels, [3, 3, 2], [3, 3])).to.equal(pixels);
  });
});

describe('images of another size than the model', () => {
  const model = gaussianModel([8, 8, 1]);
  const large = (count = 2): tf.Tensor4D =>
    tf.tidy(() => {
      const smooth = tf.image.resizeBilinear(gaussianImages(count, model), [20, 24]);
      const fine = tf.mul(0.1, tf.sin(tf.mul(2.6, tf.range(0, 20 * 24))));
      return tf.clipByValue(tf.add(smooth, tf.reshape(fine, [1, 20, 24, 1])), 0, 1) as tf.Tensor4D;
    });
  const run = (fit: Fit | undefined, images: tf.Tensor4D) =>
    boomerang(model, images, { strength: 0.3, seed: 'a', steps: 3, ...(fit ? { fit } : {}) });

  it('are refused, unless told what is to become of them, and the remedy is named', async () => {
    const images = large();
    for (const fit of [undefined, 'exact'] as const) {
      const error = await rejection(run(fit, images));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'bad-image-shape');
      expect(error.message).to.match(/8 x 8 x 1.*20 x 24 x 1.*resize.*detail/);
    }
    expect(await rejection(run('resize', tf.zeros([1, 20, 24, 3])))).to.have.property('code', 'bad-image-shape');
    expect(await rejection(run('fit' as Fit, images))).to.have.property('code', 'unknown-fit');
    images.dispose();
  });

  for (const fit of ['resize', 'detail'] as const) {
    it(`${fit}: keep their size, dtype and range, alone as in a batch, mapped as called`, async () => {
      const images = large();
      await expectNoLeak(async () => {
        const made = await run(fit, images);
        expect(made.shape).to.deep.equal(images.shape);
        const ints = tf.tidy(() => tf.cast(tf.round(tf.mul(images, 255)), 'int32')) as tf.Tensor4D;
        const whole = await run(fit, ints);
        expect(whole.dtype).to.equal('int32');
        const second = tf.slice(images, [1, 0, 0, 0], [1, 20, 24, 1]) as tf.Tensor4D;
        const alone = await run(fit, second);
        const there = tf.slice(made, [1, 0, 0, 0], [1, 20, 24, 1]);
        expect(alone).to.be.tensorCloseTo(there, 1e-5);
        const mapped = boomerangAugment({ model, strength: 0.3, seed: 'a', steps: 3, fit })(images);
        expect(mapped).to.be.tensorCloseTo(made, 0);
        tf.dispose([there, made, ints, whole, second, alone, mapped]);
      });
      images.dispose();
    });

    it(`${fit}: a record makes the same again, of the right image alone`, async () => {
      const images = large(1);
      const records: VariantRecord[] = [];
      const options = { model, strength: 0.3, seed: 'a', steps: 3, fit, keys: () => 'mine' };
      const made = boomerangAugment({ ...options, onVariant: (record) => records.push(record) })(images);
      const record = JSON.parse(JSON.stringify(records[0]));
      const again = await replay(model, record, images);
      expect(again).to.be.tensorCloseTo(made, 0);
      const other = tf.sub(1, images) as tf.Tensor4D;
      const error = await rejection(replay(model, record, other));
      expect(error).to.have.property('code', 'bad-record');
      expect(error.message).to.match(/mine/);
      tf.dispose([images, made, again, other]);
    });
  }

  it("of the model's own size come out the same whatever fit says", async () => {
    const images = gaussianImages(2, model);
    const [exact, resized, detailed] = await Promise.all([
      run('exact', images),
      run('resize', images),
      run('detail', images),
    ]);
    expect(resized).to.be.tensorCloseTo(exact, 0);
    expect(detailed).to.be.tensorCloseTo(exact, 0);
    tf.dispose([images, exact, resized, detailed]);
  });
});

describe('photographs of 224 x 224 and a model of 28 x 28', () => {
  let model: Model;
  before(async () => {
    model = await loadModel(join(import.meta.dirname, '../../models/fashion-28'));
  });
  after(() => model.dispose());

  it('work together, and detail keeps more of the fine structure than resize', async () => {
    const coarse = tf.tidy(() => tf.clipByValue(tf.image.resizeBilinear(gaussianImages(3, model), [224, 224]), 0, 1));
    const weave = tf.tidy(() => {
      const line = tf.sin(tf.mul(1.9, tf.range(0, 224)));
      return tf.mul(0.15, tf.mul(tf.reshape(line, [1, 224, 1, 1]), tf.reshape(line, [1, 1, 224, 1])));
    });
    const images = tf.tidy(() => tf.clipByValue(tf.add(coarse, weave), 0, 1)) as tf.Tensor4D;
    const similarity = async (fit: Fit): Promise<number[]> => {
      const made = await boomerang(model, images, { strength: 0.2, seed: 'a', steps: 3, fit });
      const values = Array.from(tf.tidy(() => structuralSimilarities(images, made)).dataSync());
      made.dispose();
      return values;
    };
    const [resize, detail] = [await similarity('resize'), await similarity('detail')];
    for (const [n, value] of detail.entries()) expect(value).to.be.above((resize[n] as number) + 0.1);
    tf.dispose([coarse, weave, images]);
  });
});
