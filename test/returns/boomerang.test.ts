import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import type { BoomerangOptions } from '../../src/returns/boomerangOptions.ts';
import { SOLVERS } from '../../src/solvers/index.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

const model = gaussianModel();
const options = { strength: 0.4, steps: 4, seed: 'a' } as const;

const variantsOf = async (images: tf.Tensor4D, changes: Partial<BoomerangOptions> = {}): Promise<Float32Array> => {
  const variants = await boomerang(model, images, { ...options, ...changes });
  const values = await variants.data<'float32'>();
  variants.dispose();
  return values;
};
const rms = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a).reduce((sum, value, i) => sum + (value - (b[i] ?? Number.NaN)) ** 2, 0) / a.length);
const size = 16;
const imageOf = (values: Float32Array, n: number): Float32Array => values.slice(n * size, (n + 1) * size);

describe('boomerang', () => {
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(6, model);
  });
  after(() => images.dispose());

  for (const solver of Object.keys(SOLVERS)) {
    it(`${solver} gives the same bytes for the same seed, and another variant of every image for another`, async () => {
      const eta = solver === 'ddim' ? 1 : undefined;
      const changes = eta === undefined ? { solver } : { solver, eta };
      const once = await variantsOf(images, changes);
      expect(await variantsOf(images, changes)).to.deep.equal(once);
      const other = await variantsOf(images, { ...changes, seed: 'b' });
      for (let n = 0; n < 6; n += 1) expect(imageOf(other, n)).to.not.deep.equal(imageOf(once, n));
    });

    it(`${solver} gives an image the same variant alone, in a subset and in another order`, async () => {
      const all = await variantsOf(images, { solver });
      const order = [4, 1, 3];
      const some = tf.gather(images, tf.tensor1d(order, 'int32'));
      const variants = await variantsOf(some, { solver });
      order.forEach((place, n) => {
        expect(largestDifference(imageOf(variants, n), imageOf(all, place))).to.be.below(1e-5);
      });
      some.dispose();
    });
  }

  it('makes K distinct images of K variants, and others in another epoch', async () => {
    const one = tf.slice(images, [0, 0, 0, 0], [1, 4, 4, 1]);
    const made = new Set<string>();
    for (let variant = 0; variant < 8; variant += 1) made.add((await variantsOf(one, { variant })).join());
    for (let epoch = 1; epoch < 8; epoch += 1) made.add((await variantsOf(one, { epoch })).join());
    expect(made.size).to.equal(15);
    one.dispose();
  });

  it('leaves images exactly as they are at strength 0', async () => {
    expect(await variantsOf(images, { strength: 0 })).to.deep.equal(await images.data());
  });

  it('forgets the image at strength 1', async () => {
    const flipped = tf.sub(1, images);
    const keys = [0, 1, 2, 3, 4, 5];
    expect(await variantsOf(flipped as tf.Tensor4D, { strength: 1, keys })).to.deep.equal(
      await variantsOf(images, { strength: 1, keys }),
    );
    flipped.dispose();
  });

  it('goes further from the image the stronger it is thrown', async () => {
    const many = gaussianImages(256, model);
    const original = await many.data();
    let last = 0;
    for (const strength of [0.05, 0.1, 0.2, 0.3, 0.4, 0.6]) {
      const distance = rms(await variantsOf(many, { strength }), original);
      expect(distance, `at strength ${strength}`).to.be.above(last);
      last = distance;
    }
    many.dispose();
  });

  it('runs exactly the steps asked for at every strength', async () => {
    for (const strength of [0.003, 0.05, 0.4, 1]) {
      const before = model.asked.calls;
      await variantsOf(images, { strength, steps: 7 });
      expect(model.asked.calls - before).to.equal(7);
    }
  });

  it('knows the images by their keys if it is told them', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const named = await variantsOf(images, { keys });
    expect(named).to.not.deep.equal(await variantsOf(images));
    expect(named).to.not.deep.equal(await variantsOf(images, { keys: keys.toReversed() }));
  });

  it('keeps the range of float and integer images', async () => {
    const bytes = tf.tidy(() => tf.cast(tf.round(tf.mul(images, 255)), 'int32'));
    const keys = [0, 1, 2, 3, 4, 5];
    const variants = await boomerang(model, bytes as tf.Tensor4D, { ...options, keys });
    expect(variants.dtype).to.equal('int32');
    const inUnit = await variantsOf(images, { keys });
    const rounded = inUnit.map((value) => value * 255);
    expect(largestDifference(await variants.data(), rounded)).to.be.below(1.1); // both rounded once
    const signed = tf.tidy(() => tf.sub(tf.mul(images, 2), 1));
    const inSigned = await variantsOf(signed as tf.Tensor4D, { range: '-1..1', keys });
    expect(
      largestDifference(
        inSigned.map((value) => (value + 1) / 2),
        inUnit,
      ),
    ).to.be.below(1e-6);
    tf.dispose([bytes, variants, signed]);
  });

  it('leaks nothing when it lands, fails or is aborted', async () => {
    await expectNoLeak(async () => tf.dispose(await boomerang(model, images, options)));
    const abort = new AbortController();
    let steps = 0;
    const onProgress = (): void => {
      steps += 1;
      if (steps === 2) abort.abort(new Error('enough'));
    };
    let caught: unknown;
    await expectNoLeak(async () => {
      await boomerang(model, images, { ...options, onProgress, signal: abort.signal }).catch((error) => {
        caught = error;
      });
    });
    expect(caught).to.be.an('error').with.property('message', 'enough');
    expect(steps).to.equal(2);
    const predictAsync = () => Promise.reject(new Error('broken network'));
    const broken = { ...model, predictAsync };
    await expectNoLeak(async () => {
      await boomerang(broken, images, options).catch((error) => {
        caught = error;
      });
    });
    expect(caught).to.have.property('message', 'broken network');
  });

  const refusals: [string, Record<string, unknown>, RegExp][] = [
    ['bad-strength', { strength: 1.2 }, /1\.2/],
    ['bad-strength', { strength: Number.NaN }, /NaN/],
    ['bad-steps', { steps: 0 }, /0/],
    ['bad-steps', { steps: 1.5 }, /1\.5/],
    ['unknown-solver', { solver: 'huen' }, /"huen"; choose one of: .*heun/],
    ['bad-eta', { eta: 2 }, /2/],
    ['bad-seed', { seed: undefined }, /undefined/],
    ['bad-keys', { keys: ['a'] }, /1 for 6/],
    ['bad-variant', { variant: -1 }, /-1/],
    ['bad-epoch', { epoch: 0.5 }, /0\.5/],
    ['bad-range', { range: '0..2' }, /0\.\.2/],
    ['out-of-range', { range: '-1..1', images: 2 }, /2/],
  ];
  for (const [code, changes, message] of refusals) {
    it(`refuses ${JSON.stringify(changes)} as ${code}`, async () => {
      const { images: fill, ...rest } = changes;
      const subject = fill === undefined ? tf.clone(images) : tf.fill<tf.Rank.R4>([6, 4, 4, 1], fill as number);
      let caught: unknown;
      await expectNoLeak(() =>
        boomerang(model, subject, { ...options, ...rest } as BoomerangOptions).catch((error) => {
          caught = error;
        }),
      );
      expect(caught).to.be.instanceOf(ArgumentError).with.property('code', code);
      expect((caught as Error).message)
        .to.match(message)
        .and.not.include('\n');
      subject.dispose();
    });
  }

  it('refuses images of another size', async () => {
    const wide = tf.zeros<tf.Rank.R4>([1, 4, 5, 1]);
    let caught: unknown;
    await boomerang(model, wide, options).catch((error) => {
      caught = error;
    });
    expect(caught).to.be.instanceOf(ArgumentError).with.property('message').that.includes('4 x 5 x 1');
    wide.dispose();
  });
});
