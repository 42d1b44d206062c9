import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { bicubic } from '../../../src/apps/enhance/degrade/scalings.ts';
import { enhance } from '../../../src/apps/enhance/enhance.ts';
import { roomFor, tiledModel } from '../../../src/apps/enhance/tiles.ts';
import { makeModel } from '../../../src/models/makeModel.ts';
import type { Coder, Model } from '../../../src/models/model.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import { type ImageShape, imageNoise } from '../../../src/tensors/noise.ts';
import { openTiny } from '../../latent/tiny.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { describeShared, shared } from '../../support/shared.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const noise = (shape: ImageShape, count = 2): tf.Tensor4D =>
  imageNoise(
    Array.from({ length: count }, (_, n) => ['latent tiles', n]),
    shape,
  );

/** Smooth grey pictures, as they were seen. */
const smooth = (height: number, width: number, channels = 3): tf.Tensor4D =>
  tf.tidy(() => {
    const large = bicubic(4)
      .of([height, width, channels])
      .guess(noise([height / 4, width / 4, channels], 1));
    return tf.clipByValue(tf.add(tf.mul(large, 0.1), 0.5), 0, 1);
  });

/** A latent model that knows nothing of a place but what is there: latents are means of 4 x 4 pixels. */
const localModel = ([height, width, channels]: ImageShape): Model => {
  const latentShape: ImageShape = [height / 4, width / 4, channels];
  const { predict, predictAsync, ...facts } = gaussianModel(latentShape);
  const encode = (images: tf.Tensor4D): tf.Tensor4D => tf.avgPool(images, 4, 4, 'valid');
  const decode = (latents: tf.Tensor4D): tf.Tensor4D =>
    tf.image.resizeNearestNeighbor(latents, [4 * latents.shape[1], 4 * latents.shape[2]]);
  const coder: Coder = {
    encode,
    encodeAsync: async (images) => encode(images),
    decode,
    decodeAsync: async (latents) => decode(latents),
    dispose() {},
  };
  const run = (x: tf.Tensor4D, { timesteps }: { timesteps: readonly number[] }): tf.Tensor4D =>
    predict(x, [...timesteps]);
  const runAsync = (x: tf.Tensor4D, { timesteps }: { timesteps: readonly number[] }): Promise<tf.Tensor4D> =>
    predictAsync(x, [...timesteps]);
  return makeModel(
    { ...facts, imageShape: [height, width, channels], latentShape },
    { engine: 'tfjs', run, runAsync, dispose() {} },
    { coder },
  );
};

describe('a latent model of tiles', () => {
  it('walks, encodes and decodes as the whole would, where the model is local, at once and awaited', () =>
    expectNoLeak(async () => {
      const large = localModel([56, 48, 3]);
      const { model, tiles } = tiledModel(localModel([24, 16, 3]), [56, 48], 5); // 5 pixels are two latents
      expect(tiles).to.equal(3 * 5);
      expect({ ...model }).to.deep.include({ imageShape: [56, 48, 3], latentShape: [14, 12, 3], isLatent: true });
      const [images, latents] = [noise([56, 48, 3]), noise([14, 12, 3])];
      const pairs = [
        [large.encode(images), model.encode(images), await model.encodeAsync(images)],
        [large.decode(latents), model.decode(latents), await model.decodeAsync(latents)],
        [large.predict(latents, 30), model.predict(latents, 30), await model.predictAsync(latents, 30)],
      ] as const;
      for (const [whole, now, later] of pairs) {
        expect(now).to.be.tensorCloseTo(whole, 1e-5);
        expect(later).to.be.tensorCloseTo(whole, 1e-5);
      }
      tf.dispose([images, latents, ...pairs.flat()]);
    }));

  it('makes of pictures of any size what a larger one makes of them, on a canvas of whole latents', () =>
    expectNoLeak(async () => {
      const seen = smooth(16, 12);
      const small = localModel([24, 16, 3]);
      expect(roomFor(small, [49, 36])).to.deep.equal([52, 36]);
      expect(roomFor(small, [20, 8])).to.deep.equal([24, 16]);
      const options = { seed: 'a', factor: 3, keys: [0], overlap: 5 } as const;
      const tiled = await enhance(small, seen, options);
      const whole = await enhance(localModel([48, 36, 3]), seen, options);
      expect(tiled.images).to.be.tensorCloseTo(whole.images, 1e-4);
      const odd = tf.slice(seen, [0, 1, 1, 0], [-1, 15, 11, -1]) as tf.Tensor4D; // 45 x 33 lie on 48 x 36
      const other = await enhance(small, odd, options);
      expect(other.images.shape).to.deep.equal([1, 45, 33, 3]);
      expect(Math.max(...tiled.errors, ...other.errors)).to.be.below(1);
      tf.dispose([seen, odd, tiled.images, whole.images, other.images]);
    }));

  it('is refused where tiles overlap altogether, in whole latents', async () => {
    const tiny = await openTiny('ldm');
    expect(() => tiledModel(tiny, [32, 16], 12)).not.to.throw();
    expect(() => tiledModel(tiny, [32, 16], 13))
      .to.throw(/16 x 16 must overlap by at most 12.*got 13/)
      .with.property('code', 'bad-overlap');
    tiny.dispose();
  });

  for (const kind of ['ldm', 'stable'] as const) {
    it(`may be a pipeline of any kind: ${kind}`, () =>
      expectNoLeak(async () => {
        const tiny = await openTiny(kind);
        const seen = smooth(12, 8);
        const cascade = [{ strength: 0.3, steps: 2 }];
        const told = kind === 'stable' ? { prompt: 'a cat', guidance: 3 } : {};
        const { images, errors, evaluations } = await enhance(tiny, seen, { seed: 'a', factor: 3, cascade, ...told });
        expect(images.shape).to.deep.equal([1, 36, 24, 3]);
        expect(errors[0]).to.be.below(1);
        expect(evaluations).to.equal(2 * 3 * 2 * (kind === 'stable' ? 2 : 1));
        tf.dispose([seen, images]);
        tiny.dispose();
      }));
  }
});

/** The mean change from some columns of a picture to the next. */
const changeAt = (images: tf.Tensor4D, columns: readonly number[]): number =>
  tf.tidy(() => {
    const at = (column: number): tf.Tensor4D => tf.slice(images, [0, 0, column, 0], [-1, -1, 1, -1]);
    const changes = columns.map((column) => tf.mean(tf.abs(tf.sub(at(column), at(column - 1)))));
    return tf.mean(tf.stack(changes)).dataSync()[0] as number;
  });

describeShared('pictures larger than a latent model with real weights', 'models/faces-64', () => {
  it('are what was seen, and have no seam: they change no more from tile to tile than within tiles', () =>
    expectNoLeak(async () => {
      const model = await loadModel(shared('models/faces-64'));
      const seen = smooth(12, 24);
      const cascade = [0.3, 0.1].map((strength) => ({ strength, steps: 1 }));
      const ratios: number[] = [];
      for (const { overlap, tiles, borders } of [
        { overlap: 0, tiles: 2 * 3, borders: [64, 128] },
        { overlap: undefined, tiles: 2 * 4, borders: [44, 64, 84, 108, 128, 148] }, // tiles begin at 0, 44, 84, 128
      ]) {
        const { images, errors, evaluations } = await enhance(model, seen, { seed: 'a', factor: 8, cascade, overlap });
        expect(images.shape).to.deep.equal([1, 96, 192, 3]);
        expect(errors[0]).to.be.below(1);
        expect(evaluations).to.equal(2 * tiles);
        const elsewhere = Array.from({ length: 191 }, (_, n) => n + 1).filter((n) => !borders.includes(n));
        ratios.push(changeAt(images, borders) / changeAt(images, elsewhere));
        images.dispose();
      }
      expect(ratios[0]).to.be.above(3);
      expect(ratios[1]).to.be.below(1.2);
      seen.dispose();
      model.dispose();
    }));
});

const PIPELINE = 'goldens/latent/pipelines/sd1-taesd';
describeShared('an autoencoder with real weights, in tiles', PIPELINE, () => {
  it('makes of most of a picture what it makes of the whole', () =>
    expectNoLeak(async () => {
      const [small, large] = (await Promise.all(
        [64, 128].map((imageSize) => loadModel(shared(PIPELINE), { imageSize, engine: 'tfjs' })),
      )) as [Model, Model];
      const { model } = tiledModel(small, [128, 128], 32);
      tf.tidy(() => {
        const images = tf.sub<tf.Tensor4D>(tf.mul(smooth(128, 128), 2), 1);
        const latents = large.encode(images);
        const spread = (x: tf.Tensor): number => tf.sqrt(tf.moments(x).variance).dataSync()[0] as number;
        const share = (part: tf.Tensor, whole: tf.Tensor): number => spread(tf.sub(part, whole)) / spread(whole);
        expect(share(model.encode(images), latents)).to.be.below(0.1);
        expect(share(model.decode(latents), large.decode(latents))).to.be.below(0.02);
      });
      small.dispose();
      large.dispose();
    }));
});
