import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { bicubic, blurred } from '../../../src/apps/enhance/degrade/scalings.ts';
import { type Enhanced, enhance } from '../../../src/apps/enhance/enhance.ts';
import { degradeOf, type EnhanceOptions } from '../../../src/apps/enhance/options.ts';
import { ArgumentError } from '../../../src/errors.ts';
import { makeModel } from '../../../src/models/makeModel.ts';
import type { Model } from '../../../src/models/model.ts';
import { counted, openTiny } from '../../latent/tiny.ts';
import { gaussianImages, gaussianModel } from '../../support/gaussianModel.ts';
import { saidWhile } from '../../support/said.ts';
import { rejection } from '../../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../../support/tensors.ts';

const model = gaussianModel([16, 8, 3]);
const mask = Array.from({ length: 16 * 8 }, (_, n) => Number(n % 5 !== 2));
const SEED = { seed: 'a' } as const;

/** What is left of some images of a model. */
const poor = (options: Omit<EnhanceOptions, 'seed'>, { count = 3, of = model as Model } = {}): tf.Tensor4D =>
  tf.tidy(() => {
    const { degrade } = degradeOf({ ...SEED, ...options }).of(of.imageShape);
    return tf.clipByValue(degrade(gaussianImages(count, of)), 0, 1);
  });

type Read = Omit<Enhanced, 'images' | 'uncertainty'> & {
  readonly shape: readonly number[];
  readonly pixels: Float32Array | Int32Array;
  readonly uncertainty: Float32Array | undefined;
};

const read = async ({ images, uncertainty, ...rest }: Enhanced): Promise<Read> => {
  const result = {
    ...rest,
    shape: images.shape,
    pixels: await images.data<'float32' | 'int32'>(),
    uncertainty: await uncertainty?.data<'float32'>(),
  };
  tf.dispose([images, ...(uncertainty ? [uncertainty] : [])]);
  return result;
};

const enhanced = async (seen: tf.Tensor4D, options: Omit<EnhanceOptions, 'seed'>, of: Model = model): Promise<Read> =>
  read(await enhance(of, seen, { ...SEED, ...options }));

const made = async (options: Omit<EnhanceOptions, 'seed'>, of: Model = model): Promise<Read> => {
  const { degrade, factor, mask: own } = options;
  const seen = poor({ degrade, factor, mask: own }, { of });
  try {
    return await enhanced(seen, options, of);
  } finally {
    seen.dispose();
  }
};

describe('enhance', () => {
  for (const [name, options] of Object.entries({
    bicubic: { factor: 4 },
    'bicubic as by Matlab': { factor: 8, degrade: 'bicubic-matlab' },
    'means of blocks': { factor: 8, degrade: 'mean' },
    'a kernel': { degrade: blurred([0.2, 0.6, 0.2], 2) },
    'a mask': { mask },
  })) {
    it(`gives images that look as what was seen once they are degraded again, however often thrown: ${name}`, () =>
      expectNoLeak(async () => {
        for (const throws of [0, 1, 3]) {
          const cascade = Array.from({ length: throws }, () => ({ strength: 0.3, steps: 3 }));
          const { errors, shape, evaluations, pixels } = await made({ ...options, cascade });
          expect(shape).to.deep.equal([3, 16, 8, 3]);
          expect(Math.max(...errors), `${throws} throws`).to.be.below(0.5);
          expect(pixels.every((pixel) => pixel >= 0 && pixel <= 1)).to.equal(true);
          expect(evaluations).to.equal(3 * throws);
        }
      }));
  }

  it('leaves images as they are where the factor is 1', () =>
    expectNoLeak(async () => {
      const images = gaussianImages(2, model);
      for (const degrade of ['bicubic', 'mean']) {
        const { pixels } = await enhanced(images, { factor: 1, degrade });
        expect(largestDifference(pixels, images.dataSync()), degrade).to.be.below(1e-5);
      }
      images.dispose();
    }));

  it('leaves pixels as they are that a mask shows', () =>
    expectNoLeak(async () => {
      const seen = poor({ mask });
      const { pixels } = await enhanced(seen, { mask });
      const before = seen.dataSync();
      seen.dispose();
      for (const [n, pixel] of pixels.entries()) {
        if (mask[Math.floor(n / 3) % mask.length]) expect(pixel).to.be.closeTo(before[n] as number, 1e-6);
      }
    }));

  it('gives the same image in any batch with the same seed, and another one with another', () =>
    expectNoLeak(async () => {
      const seen = poor({ factor: 4 });
      const together = await enhanced(seen, { factor: 4 });
      const last = tf.slice(seen, [2, 0, 0, 0], [1, -1, -1, -1]);
      const alone = await enhanced(last, { factor: 4 });
      const other = await read(await enhance(model, last, { seed: 'b', factor: 4 }));
      tf.dispose([seen, last]);
      expect(largestDifference(alone.pixels, together.pixels.subarray(2 * alone.pixels.length))).to.be.below(1e-5);
      expect(largestDifference(alone.pixels, other.pixels)).to.be.above(0.05);
    }));

  it('throws into fresh noise every time', () =>
    expectNoLeak(async () => {
      const asked: Float32Array[] = [];
      const watching: Model = {
        ...model,
        predictAsync(x, ...rest) {
          asked.push(x.dataSync<'float32'>().slice());
          return model.predictAsync(x, ...rest);
        },
      };
      const cascade = [1, 2].map(() => ({ strength: 0.9, steps: 1 })); // next to nothing but noise is left
      await made({ factor: 4, cascade }, watching);
      const [first, second] = asked as [Float32Array, Float32Array];
      const product = (a: Float32Array, b: Float32Array): number =>
        a.reduce((sum, x, n) => sum + x * (b[n] as number), 0);
      const alike = product(first, second) / Math.sqrt(product(first, first) * product(second, second));
      expect(Math.abs(alike)).to.be.below(5 / Math.sqrt(first.length));
    }));

  it('takes the mean of samples, which are what was seen like each of them, and says how far they differ', () =>
    expectNoLeak(async () => {
      const seen = poor({ factor: 4 });
      const one = await enhanced(seen, { factor: 4 });
      const some = await enhanced(seen, { factor: 4, samples: 4 });
      expect(one.uncertainty).to.equal(undefined);
      expect(some.evaluations).to.equal(4 * one.evaluations);
      expect(Math.max(...some.errors)).to.be.below(0.5);
      const two = await enhanced(seen, { factor: 4, samples: 2 });
      const bytes = tf.tidy(() => tf.cast<tf.Tensor4D>(tf.round(tf.mul(seen, 255)), 'int32'));
      const whole = await enhanced(bytes, { factor: 4, samples: 2 });
      tf.dispose([seen, bytes]);
      for (const [n, deviation] of (two.uncertainty ?? []).entries()) {
        const away = Math.abs((one.pixels[n] as number) - (two.pixels[n] as number)); // half of what the two are apart
        expect(deviation).to.be.closeTo(away * Math.SQRT2, 1e-5);
      }
      const mean = (values: ArrayLike<number> | undefined): number =>
        Array.from(values ?? []).reduce((sum, one) => sum + one, 0) / (values?.length ?? 0);
      expect(mean(two.uncertainty)).to.be.above(0.01);
      expect(mean(whole.uncertainty) / mean(two.uncertainty)).to.be.closeTo(255, 25);
    }));

  it('keeps the dtype and the range of the images', () =>
    expectNoLeak(async () => {
      const seen = poor({ factor: 4 });
      const bytes = tf.tidy(() => tf.cast<tf.Tensor4D>(tf.round(tf.mul(seen, 255)), 'int32'));
      const signed = tf.tidy(() => tf.sub<tf.Tensor4D>(tf.mul(seen, 2), 1));
      const keys = [1, 2, 3];
      const images = await enhance(model, bytes, { ...SEED, factor: 4, keys });
      expect(images.images.dtype).to.equal('int32');
      expect(Math.max(...images.errors)).to.be.below(0.5);
      const ints = await read(images);
      const floats = await enhanced(seen, { factor: 4, keys });
      const others = await enhanced(signed, { factor: 4, keys, range: '-1..1' });
      tf.dispose([seen, bytes, signed]);
      const asBytes = (of: Read, scale: number, offset = 0) => of.pixels.map((pixel) => pixel * scale + offset);
      expect(largestDifference(ints.pixels, asBytes(floats, 255))).to.be.below(6); // the seen ones were rounded
      expect(largestDifference(asBytes(others, 0.5, 0.5), floats.pixels)).to.be.below(1e-5);
    }));

  it('comes nearer to the middle of all images of which this is seen, where the model knows that', () =>
    expectNoLeak(async () => {
      const seen = poor({ factor: 4, degrade: 'mean' });
      const middle = tf.tidy(() => {
        const { restore } = degradeOf({ ...SEED, factor: 4, degrade: 'mean' }).of(model.imageShape);
        return [...restore(seen).dataSync()]; // pixels are independent: each is the mean of its block
      });
      const few = await enhanced(seen, { factor: 4, degrade: 'mean', samples: 1 });
      const many = await enhanced(seen, { factor: 4, degrade: 'mean', samples: 12 });
      seen.dispose();
      const away = ({ pixels }: Read): number =>
        Math.hypot(...Array.from(pixels, (pixel, n) => pixel - (middle[n] as number)));
      expect(away(many)).to.be.below(0.6 * away(few));
    }));

  it('believes noisy images less the noisier they are said to be', () =>
    expectNoLeak(async () => {
      const seen = poor({ factor: 4 });
      const errorOf = async (noise: number): Promise<number> =>
        Math.max(...(await enhanced(seen, { factor: 4, noise })).errors);
      const errors = [await errorOf(0), Number.NaN, Number.NaN] as [number, number, number];
      const said = await saidWhile(async () => {
        [errors[1], errors[2]] = [await errorOf(0.05), await errorOf(0.4)];
      });
      seen.dispose();
      expect(said).to.deep.equal([]);
      expect(errors[0]).to.be.below(0.5);
      expect(errors[1]).to.be.above(errors[0]);
      expect(errors[2]).to.be.above(2 * errors[1]);
    }));

  it('holds a latent model to what was seen, too, as often as is asked, and whatever comes back', () =>
    expectNoLeak(async () => {
      const tiny = await openTiny('ldm');
      const cascade = [5, 1].map((steps) => ({ strength: 0.3, steps }));
      const seen = poor({ factor: 4 }, { of: tiny });
      for (const [every, corrections] of [
        [1, 4],
        [2, 2],
        [9, 0],
      ] as const) {
        const watched = counted(tiny);
        const { errors } = await enhanced(seen, { factor: 4, cascade, every }, watched);
        expect(watched.calls.decoded, `${every}`).to.have.lengthOf(cascade.length + corrections);
        expect(Math.max(...errors)).to.be.below(0.5);
      }
      seen.dispose();
      tiny.dispose();
    }));

  it('walks in latents until the last throw where they hold more than was seen, and keeps their low frequencies', () =>
    expectNoLeak(async () => {
      const tiny = await openTiny('ldm');
      const seen = poor({ factor: 8 }, { of: tiny });
      const [encoded, decoded]: [tf.Tensor4D[], tf.Tensor4D[]] = [[], []];
      const watched: Model = {
        ...tiny,
        encodeAsync: async (images) => {
          const latents = await tiny.encodeAsync(images);
          encoded.push(tf.clone(latents));
          return latents;
        },
        decodeAsync: async (latents) => {
          decoded.push(tf.clone(latents));
          return tiny.decodeAsync(latents);
        },
      };
      const cascade = [0.3, 0.2, 0.2, 0.1].map((strength) => ({ strength, steps: 2 }));
      const { errors, evaluations } = await enhanced(seen, { factor: 8, cascade, every: 9 }, watched);
      expect(Math.max(...errors)).to.be.below(0.5);
      expect(evaluations).to.equal(8);
      expect([encoded.length, decoded.length]).to.deep.equal([2, 2]); // where latents begin and end, and for the last throw
      const { degrade } = bicubic(2).of(tiny.latentShape);
      const [before, after] = [degrade(encoded[0] as tf.Tensor4D), degrade(decoded[0] as tf.Tensor4D)];
      expect(after).to.be.tensorCloseTo(before, 1e-4);
      expect(decoded[0]).not.to.be.tensorCloseTo(encoded[0] as tf.Tensor4D, 1e-2);
      const softened = counted(tiny);
      await enhanced(seen, { factor: 8, cascade, every: 9, noise: 0.1 }, softened);
      expect(softened.calls.decoded).to.have.lengthOf(4); // noise is believed by shares of pixels
      tf.dispose([seen, before, after, ...encoded, ...decoded]);
      tiny.dispose();
    }));

  it('is held by pixels where low frequencies of latents do not come out even', () =>
    expectNoLeak(async () => {
      const tiny = await openTiny('ldm');
      for (const [factor, side] of [
        [6, 2], // a latent and a half
        [12, 1], // three of the canvas' four
      ] as const) {
        const watched = counted(tiny);
        const seen = tf.fill([1, side, side, 3], 0.4) as tf.Tensor4D;
        const cascade = [0.3, 0.2, 0.1].map((strength) => ({ strength, steps: 1 }));
        const { errors } = await enhanced(seen, { factor, cascade }, watched);
        seen.dispose();
        expect(errors[0]).to.be.below(0.5);
        expect(watched.calls.decoded).to.have.lengthOf(3);
      }
      tiny.dispose();
    }));

  it('returns images to their classes, with a model that knows some', () =>
    expectNoLeak(async () => {
      const told: unknown[] = [];
      const conditional = makeModel(
        { ...model, labels: { count: 5, nullLabel: 4 } },
        {
          engine: 'tfjs',
          run: (x) => tf.zerosLike(x),
          runAsync: async (x, { labels }) => {
            told.push(labels);
            return tf.zerosLike(x);
          },
          dispose() {},
        },
      );
      const cascade = [{ strength: 0.3, steps: 1 }];
      await made({ factor: 4, cascade, labels: [2, 0, 1] }, conditional);
      await made({ factor: 4, cascade }, conditional);
      expect(told).to.deep.equal([
        [2, 0, 1],
        [4, 4, 4],
      ]);
    }));

  it('tells of every step, and stops where it is told to', () =>
    expectNoLeak(async () => {
      const told: string[] = [];
      const cascade = [
        { strength: 0.3, steps: 2 },
        { strength: 0.2, steps: 1 },
      ];
      await made({ factor: 4, cascade, samples: 2, onProgress: (done, total) => void told.push(`${done}/${total}`) });
      expect(told).to.deep.equal(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
      const stop = new AbortController();
      const reason = new Error('enough');
      const onProgress = (done: number): void => void (done === 3 && stop.abort(reason));
      const second = made({ factor: 4, cascade, samples: 2, signal: stop.signal, onProgress });
      expect(await rejection(second)).to.equal(reason);
    }));

  it('says so where no image in range looks like this once it is degraded', () =>
    expectNoLeak(async () => {
      const seen = tf.tidy(() => tf.tensor4d([0, 1, 0, 1, 0, 1, 0, 1], [1, 4, 2, 1]));
      const grey = gaussianModel([16, 8, 1]);
      const said = await saidWhile(async () => {
        await read(await enhance(grey, seen, { ...SEED, factor: 4, degrade: 'mean' }));
      });
      expect(said).to.deep.equal([]);
      const loud = await saidWhile(async () => {
        await read(await enhance(grey, seen, { ...SEED, factor: 4 }));
      });
      seen.dispose();
      expect(loud.join()).to.match(/1 of 1 images.*of 255.*degrade/);
    }));
});

describe('enhance refuses', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, string, RegExp])[] = [
    ['no factor', {}, 'bad-factor', /8, say/],
    ['a factor of 1.3', { factor: 1.3 }, 'bad-factor', /whole number.*1\.3/],
    ['tiles that overlap altogether', { factor: 8, overlap: 8 }, 'bad-overlap', /16 x 8.*got 8/],
    ['a mask and a factor', { factor: 4, mask }, 'bad-mask', /alone/],
    ['a mask of another size', { mask: [1, 0, 1] }, 'wrong-mask-size', /4 x 2 pixels, 8; got 3/],
    ['a mask that is no list', { mask: 'no' }, 'bad-mask', /list/],
    ['an unknown degradation', { factor: 4, degrade: 'lanczos' }, 'unknown-degrade', /lanczos.*bicubic/],
    [
      'a map of another factor',
      { degrade: { ...blurred([1], 2), factor: 4 } },
      'bad-degrade',
      /4 x 2 x 3 of.*8 x 4 x 3/,
    ],
    ['a map that is none', { degrade: { factor: 4 } }, 'bad-degrade', /blockMeans/],
    ['a map and a factor', { factor: 2, degrade: blurred([1], 4) }, 'bad-factor', /leave it out/],
    ['a negative noise', { factor: 4, noise: -1 }, 'bad-noise', /-1/],
    ['a cascade of numbers', { factor: 4, cascade: [0.2] }, 'bad-cascade', /strength, steps/],
    ['a misspelt step', { factor: 4, cascade: [{ strength: 1, step: 5 }] }, 'unknown-option', /did you mean "steps"/],
    ['a strength above 1', { factor: 4, cascade: [{ strength: 2 }] }, 'bad-strength', /2/],
    ['an unknown solver', { factor: 4, solver: 'huen' }, 'unknown-solver', /huen/],
    ['fresh noise from a solver without', { factor: 4, solver: 'heun', eta: 1 }, 'bad-eta', /heun/],
    ['an unknown spacing', { factor: 4, spacing: 'even' }, 'unknown-spacing', /even/],
    ['guidance where nothing guides', { factor: 4, guidance: 2 }, 'bad-guidance', /got 2/],
    ['no sample', { factor: 4, samples: 0 }, 'bad-samples', /0/],
    ['too few labels', { factor: 4, labels: [1] }, 'bad-label', /3 images, got 1/],
    ['too few names', { factor: 4, keys: [1] }, 'bad-keys', /1 for 3/],
    ['an option of another', { factor: 4, strength: 0.3 }, 'unknown-option', /strength/],
    ['text for a model without', { factor: 4, prompt: 'a cat' }, 'bad-prompt', /no text/],
  ];
  for (const [name, options, code, words] of cases) {
    it(name, () =>
      expectNoLeak(async () => {
        const seen = poor({ factor: 4 });
        const error = await rejection(enhance(model, seen, { ...SEED, ...options } as EnhanceOptions));
        seen.dispose();
        expect(error).to.be.instanceOf(ArgumentError).with.property('code', code);
        expect((error as Error).message).to.match(words);
      }),
    );
  }

  it('no images, or some out of range', () =>
    expectNoLeak(async () => {
      for (const [seen, code] of [
        [tf.zeros([0, 4, 2, 3]), 'bad-image-shape'],
        [tf.zeros([4, 2, 3]), 'bad-image-shape'],
        [tf.zeros([1, 4, 2, 1]), 'bad-image-shape'],
        [tf.fill([1, 4, 2, 3], 2), 'out-of-range'],
        [tf.fill([1, 4, 2, 3], Number.NaN), 'out-of-range'],
        [tf.zeros([1, 4, 2, 3], 'bool'), 'bad-dtype'],
      ] as const) {
        const error = await rejection(enhance(model, seen as tf.Tensor4D, { ...SEED, factor: 4 }));
        seen.dispose();
        expect(error, code).to.have.property('code', code);
      }
    }));
});
