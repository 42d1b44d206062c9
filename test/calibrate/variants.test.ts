import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { calibrateStrength } from '../../src/calibrate/calibrate.ts';
import { visitVariants } from '../../src/calibrate/variants.ts';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import type { Model } from '../../src/models/model.ts';
import { openModel } from '../../src/models/openModel.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { keepEncodings } from '../../src/returns/keptLatents.ts';
import { imageNoise } from '../../src/tensors/noise.ts';
import { ldmFiles } from '../support/latentPipeline.ts';
import { expectNoLeak } from '../support/tensors.ts';

const COUNT = 10;
const work = { seed: 'a', steps: 2, places: Array.from({ length: COUNT }, (_, place) => place) };

describe('variants of the same images with a latent model', () => {
  let model: Model;
  let images: tf.Tensor4D;
  let encoded: number;
  let watched: Model;

  before(async () => {
    model = await openModel(memoryFolder('ldm', ldmFiles()));
    images = tf.tidy(() => {
      const paths = work.places.map((place) => ['images', place]);
      return tf.clipByValue(tf.add(tf.mul(imageNoise(paths, model.imageShape), 0.2), 0.5), 0, 1);
    });
  });
  after(() => {
    images.dispose();
    model.dispose();
  });
  beforeEach(() => {
    encoded = 0;
    watched = {
      ...model,
      encodeAsync(some) {
        encoded += some.shape[0];
        return model.encodeAsync(some);
      },
    };
  });

  it('are those that boomerang makes one by one, and encode each image once', () =>
    expectNoLeak(async () => {
      await visitVariants(watched, images, { ...work, strength: 0.4, variants: 3 }, async ({ variants }) => {
        expect(variants).to.have.lengthOf(3);
        for (const [variant, made] of variants.entries()) {
          const alone = await boomerang(model, images, { seed: 'a', steps: 2, strength: 0.4, variant });
          expect(made).to.be.tensorCloseTo(alone, 1e-6);
          alone.dispose();
        }
      });
      expect(encoded).to.equal(COUNT);
    }));

  it('of several strengths encode each image once where encodings are handed on', async () => {
    const encodings = keepEncodings();
    for (const strength of [0.1, 0.3, 0.5]) {
      await visitVariants(watched, images, { ...work, strength, variants: 2, encodings }, async () => undefined);
    }
    expect(encoded).to.equal(COUNT);
  });

  it('let a calibration encode each image once, however many strengths it tries', async () => {
    const goal = { distance: 'rms', target: 0.1, tolerance: 0.1 } as const;
    const { evaluations } = await calibrateStrength(watched, images, { ...goal, seed: 'a', steps: 1, variants: 2 });
    expect(evaluations).to.be.above(2 * COUNT);
    expect(encoded).to.equal(COUNT);
  });

  it('cannot be handed encodings by the caller of boomerang, who would not know what they are', async () => {
    const options = { seed: 'a', strength: 0.3, encodings: keepEncodings() };
    const error = await boomerang(model, images, options).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'unknown-option');
  });
});
