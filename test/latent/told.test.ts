import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { planReturn } from '../../src/returns/plan.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { type LatentParts, stableFiles, writeFiles } from '../support/latentPipeline.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { counted, labelled, openTiny, TOLD } from './tiny.ts';

const CONSISTENCY: LatentParts = {
  unet: { time_cond_proj_dim: 8 },
  scheduler: { _class_name: 'LCMScheduler', original_inference_steps: 50, timestep_scaling: 10 },
};

describe('a latent consistency model', () => {
  const COUNT = 2;
  const withModel = (body: (model: ReturnType<typeof counted>) => Promise<void>) =>
    expectNoLeak(async () => {
      const model = await openTiny('stable', CONSISTENCY);
      await body(counted(model));
      model.dispose();
    });

  it('walks by lcm, takes guidance as a number, and is asked once in each step', () =>
    withModel(async (model) => {
      expect(model).to.include({ takesGuidance: true, isLatent: true });
      const plan = planReturn(model, { strength: 0.5 });
      expect(plan.manner).to.include({ solver: 'lcm', guidance: 8.5 });
      expect(plan).to.include({ isGuided: false, guidance: 8.5 });
      expect(plan.evaluations).to.equal(plan.legs.length);
      const { xs, ys } = labelled(COUNT, model);
      const way = { seed: 1, strength: 0.5, prompt: 'a cat' };
      const usual = await boomerang(model, xs, way);
      expect(model.calls.networks).to.deep.equal(plan.legs.map(() => COUNT));
      const same = await boomerang(model, xs, { ...way, guidance: 8.5 });
      const other = await boomerang(model, xs, { ...way, guidance: 2 });
      const augmented = boomerangAugment({ model, ...way })({ xs, ys });
      expect(same).to.be.tensorCloseTo(usual, 0);
      expect(augmented.xs).to.be.tensorCloseTo(usual, 1e-5);
      expect(other).to.not.be.tensorCloseTo(usual, 1e-4);
      tf.dispose([xs, ys, usual, same, other, augmented.xs]);
    }));

  it('has nothing to be led away from', () =>
    withModel(async (model) => {
      const { xs, ys } = labelled(1, model);
      const way = { seed: 1, strength: 0.5, prompt: 'a cat', negativePrompt: 'dark', guidance: 4 };
      const error = await rejection(boomerang(model, xs, way));
      expect(error).to.have.property('code', 'bad-negative-prompt');
      expect(error.message).to.match(/this model is not led away from anything; leave it out/);
      for (const guidance of [0.5, Number.NaN]) {
        const odd = rejection(boomerang(model, xs, { ...way, negativePrompt: undefined, guidance }));
        expect(await odd).to.have.property('code', 'bad-guidance');
      }
      tf.dispose([xs, ys]);
    }));
});

describe('latent pipelines on both engines', () => {
  const path = scratchFolder();
  const KNOWN: Readonly<Record<string, { parts?: LatentParts; options?: object; way?: object }>> = {
    'as they are': {},
    'a velocity': { parts: { scheduler: { prediction_type: 'v_prediction' } } },
    'a consistency model': { parts: CONSISTENCY, way: { negativePrompt: undefined, solver: 'lcm' } },
    'another size, not square': { options: { imageSize: [16, 24] } },
    'a layer of the text encoder left out': { options: { clipSkip: 1 } },
    'an autoencoder that is tiny': { parts: { autoencoder: { _class_name: 'AutoencoderTiny' } } },
  };
  for (const [title, { parts = {}, options = {}, way = {} }] of Object.entries(KNOWN)) {
    it(`make the same variants, and have one digest: ${title}`, () =>
      expectNoLeak(async () => {
        const folder = writeFiles(path('m'), await stableFiles(parts));
        const models: Model[] = [];
        for (const engine of ['onnx', 'tfjs'] as const) models.push(await loadModel(folder, { engine, ...options }));
        const [onnx, tfjs] = models as [Model, Model];
        expect(onnx.digest).to.equal(tfjs.digest);
        expect(onnx.parameterCount).to.equal(tfjs.parameterCount);
        const plain = await loadModel(folder, { engine: 'tfjs' });
        expect(plain.digest === onnx.digest).to.equal(Object.keys(options).length === 0);
        const { xs, ys } = labelled(2, onnx);
        const { labels: _, ...told } = TOLD.stable;
        const all = { seed: 1, strength: 0.5, steps: 3, ...told, ...way, labels: [0, 1] } as never;
        const variants = [await boomerang(onnx, xs, all), await boomerang(tfjs, xs, all)] as const;
        expect(variants[0]).to.be.tensorCloseTo(variants[1], 1e-4);
        tf.dispose([xs, ys, ...variants]);
        for (const model of [...models, plain]) model.dispose();
      }));
  }

  for (const engine of ['onnx', 'tfjs'] as const) {
    it(`let what they were given be disposed meanwhile, on ${engine}`, () =>
      expectNoLeak(async () => {
        const model = await loadModel(writeFiles(path('m'), await stableFiles()), { engine });
        const { tokens, width } = model.text as NonNullable<Model['text']>;
        const [x, embeddings] = [tf.ones<tf.Rank.R4>([1, 4, 4, 4]), tf.ones<tf.Rank.R3>([1, tokens, width])];
        const wanted = model.predict(x, 7, { embeddings });
        const waiting = model.predictAsync(x, 7, { embeddings });
        tf.dispose([x, embeddings]);
        const made = await waiting;
        expect(made).to.be.tensorCloseTo(wanted, 1e-6);
        tf.dispose([made, wanted]);
        model.dispose();
      }));
  }
});
