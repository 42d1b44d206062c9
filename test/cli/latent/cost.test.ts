import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryFolder } from '../../../src/checkpoints/folder.ts';
import { costOfReturns } from '../../../src/cli/returnCost.ts';
import type { Model } from '../../../src/models/model.ts';
import { openModel } from '../../../src/models/openModel.ts';
import { ldmFiles, stableFiles } from '../../support/latentPipeline.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const SECONDS = 0.02;

/** A model that waits before it encodes or decodes. */
const slow = (model: Model): Model => {
  const wait = () => new Promise((done) => setTimeout(done, 1000 * SECONDS + 1));
  return {
    ...model,
    encodeAsync: async (images) => wait().then(() => model.encodeAsync(images)),
    decodeAsync: async (latents) => wait().then(() => model.decodeAsync(latents)),
  };
};

describe('what returns cost with a latent model', () => {
  const images = (): tf.Tensor4D => tf.fill([1, 16, 16, 3], 0.5);
  const work = { strengths: [0.2, 0.4, 0], variants: 2, count: 100 };

  it('is at least an encoding for each image, and a decoding for each variant and round trip', () =>
    expectNoLeak(async () => {
      const [model, some] = [slow(await openModel(memoryFolder('ldm', ldmFiles()))), images()];
      const cost = (more: object) => costOfReturns(model, { ...work, images: some, way: { steps: 1 }, ...more });
      const { evaluations, seconds } = await cost({});
      expect(evaluations).to.equal(2 * 2 * 100);
      expect(seconds).to.be.at.least(100 * (1 + 2 * 2) * SECONDS);
      expect((await cost({ roundTrip: true })).seconds).to.be.at.least(100 * (1 + 1 + 2 * 2) * SECONDS);
      expect((await cost({ roundTrip: true, strengths: [0] })).seconds).to.be.at.least(100 * 2 * SECONDS);
      expect(await cost({ strengths: [0] })).to.deep.equal({ evaluations: 0, seconds: 0 });
      some.dispose();
      model.dispose();
    }));

  it('is tried with what the model is told, twice in each step where it is guided', () =>
    expectNoLeak(async () => {
      const [model, some] = [await openModel(memoryFolder('sd', await stableFiles())), images()];
      const asked: string[] = [];
      const told: Model = {
        ...model,
        text: {
          ...(model.text as NonNullable<Model['text']>),
          embedAsync(prompts) {
            asked.push(...prompts);
            return model.text?.embedAsync(prompts) ?? Promise.reject();
          },
        },
      };
      const way = { steps: 2, prompt: 'a {class}', guidance: 2, classes: ['shoe', 'hat'] };
      const { evaluations } = await costOfReturns(told, { ...work, images: some, way, labels: [1] });
      expect(evaluations).to.equal(2 * 2 * 2 * 2 * 100);
      expect(new Set(asked)).to.deep.equal(new Set(['', 'a hat']));
      some.dispose();
      model.dispose();
    }));
});
