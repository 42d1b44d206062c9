import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { makeModel } from '../../src/models/makeModel.ts';
import { openModel } from '../../src/models/openModel.ts';
import { epsilonError } from '../../src/node/training/epsilonError.ts';
import { fillGaussian } from '../../src/random.ts';
import type { TrainingData } from '../../src/train/trainingData.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { stableFiles } from '../support/latentPipeline.ts';
import { expectNoLeak } from '../support/tensors.ts';

const gaussianData = (side: number, spread: number): TrainingData => ({
  count: 100,
  imageShape: [side, side, 3],
  pixels: (index) => {
    const values = new Float32Array(side * side * 3);
    fillGaussian(['image', index], values);
    return values.map((value) => Math.max(-1, Math.min(1, value * spread)));
  },
});

describe('the epsilon error of a latent model', () => {
  const spread = 0.2;
  const pixels = gaussianModel([4, 4, 3], spread);
  let encoded = 0;

  /** The exact model of pixels, behind a coder that shows images twice as large in each direction, and half as strong. */
  const latent = () => {
    encoded = 0;
    const encode = (images: tf.Tensor4D): tf.Tensor4D => {
      encoded += images.shape[0];
      return tf.tidy(() => tf.mul(2, tf.avgPool(images, 2, 2, 'valid')));
    };
    const { scheduler, outChannels, digest, parameterCount, latentShape } = pixels;
    return makeModel(
      { scheduler, outChannels, digest, parameterCount, latentShape, imageShape: [8, 8, 3] },
      {
        engine: 'tfjs',
        run: (x, { timesteps }) => pixels.predict(x, timesteps),
        runAsync: (x, { timesteps }) => pixels.predictAsync(x, timesteps),
        dispose() {},
      },
      {
        coder: {
          encode,
          encodeAsync: async (images) => encode(images),
          decode: () => expect.fail('nothing is to be decoded'),
          decodeAsync: () => expect.fail('nothing is to be decoded'),
          dispose() {},
        },
      },
    );
  };

  it('is that of the same images encoded before, each once, and so is what is had for nothing', () =>
    expectNoLeak(async () => {
      const data = gaussianData(8, spread);
      const model = latent();
      const own = tf.tidy(() =>
        Array.from({ length: data.count }, (_, n) =>
          model.encode(tf.tensor4d(data.pixels(n), [1, 8, 8, 3])).dataSync(),
        ),
      );
      const before: TrainingData = { ...data, imageShape: [4, 4, 3], pixels: (n) => own[n] as Float32Array };
      const options = { seed: 'a', places: [3, 5, 8] };
      encoded = 0;
      const { error, fifths, trivial } = await epsilonError(model, data, options);
      expect(encoded).to.equal(3);
      const wanted = await epsilonError(pixels, before, options);
      expect(error).to.be.closeTo(wanted.error, 1e-6);
      expect(trivial.error).to.be.closeTo(wanted.trivial.error, 1e-6);
      expect(fifths).to.have.lengthOf(5);
    }));

  it('asks a model of text with the prompt of each image', () =>
    expectNoLeak(async () => {
      const model = await openModel(memoryFolder('sd', await stableFiles()));
      const data = gaussianData(16, 0.3);
      const options = { seed: 'a', places: [0, 1, 2] };
      const prompts = ['a red shoe', 'a hat', 'a bag'];
      const [none, empty, told] = [
        await epsilonError(model, data, options),
        await epsilonError(model, data, { ...options, prompts: ['', '', ''] }),
        await epsilonError(model, data, { ...options, prompts }),
      ];
      expect(empty.error).to.equal(none.error);
      expect(told.error).to.not.equal(none.error);
      model.dispose();
    }));
});
