import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { NumericError } from '../../src/errors.ts';
import { makeModel } from '../../src/models/makeModel.ts';
import type { Coder, Model } from '../../src/models/model.ts';
import { openModel } from '../../src/models/openModel.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { ldmFiles, writeFiles } from '../support/latentPipeline.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { counted, KINDS, labelled, openTiny } from './tiny.ts';

describe('strength 0 in latents', () => {
  for (const kind of KINDS) {
    it(`${kind}: leaves images bit for bit, or sends them through the autoencoder alone if asked to`, () =>
      expectNoLeak(async () => {
        const plain = await openTiny(kind);
        const model = counted(plain);
        const { xs, ys } = labelled(2, model);
        const way = { seed: 1, strength: 0 };
        const same = await boomerang(model, xs, way);
        expect(same).to.be.tensorCloseTo(xs, 0);
        const element = { xs, ys };
        expect(boomerangAugment({ model, ...way })(element)).to.equal(element);
        expect(model.calls).to.deep.equal({ networks: [], encoded: [], decoded: [] });

        const round = await boomerang(model, xs, { ...way, roundTrip: true });
        const augmented = boomerangAugment({ model, ...way, roundTrip: true })(element);
        expect(model.calls).to.deep.equal({ networks: [], encoded: [2, 2], decoded: [2, 2] });
        const wanted = tf.tidy(() => {
          const decoded = plain.decode(plain.encode(tf.sub(tf.mul(xs, 2), 1)));
          return tf.clipByValue(tf.div(tf.add(decoded, 1), 2), 0, 1);
        });
        expect(round).to.be.tensorCloseTo(wanted, 1e-6);
        expect(augmented.xs).to.be.tensorCloseTo(wanted, 1e-6);
        expect(round).to.not.be.tensorCloseTo(xs, 1e-2);
        tf.dispose([same, xs, ys, round, augmented.xs, wanted]);
        plain.dispose();
      }));
  }
});

describe('a latent model leaves nothing behind', () => {
  for (const kind of KINDS) {
    it(`${kind}: once it was disposed, to calls that come later and to those that wait`, () =>
      expectNoLeak(async () => {
        const model = await openTiny(kind);
        const { xs, ys } = labelled(2, model);
        const latents = tf.zeros<tf.Rank.R4>([2, ...model.latentShape]);
        const way = { seed: 1, strength: 0.5, steps: 3 };
        const waiting = [model.encodeAsync(xs), model.decodeAsync(latents), boomerang(model, xs, way)].map(rejection);
        await Promise.resolve();
        model.dispose();
        model.dispose();
        const augment = boomerangAugment({ model, ...way });
        const late = [
          ...waiting,
          ...[model.encodeAsync(xs), model.decodeAsync(latents), augment.async(tf.clone(xs))].map(rejection),
        ];
        for (const one of late) expect(await one).to.have.property('code', 'model-disposed');
        for (const call of [() => model.encode(xs), () => model.decode(latents), () => augment(tf.clone(xs))]) {
          expect(call).to.throw().with.property('code', 'model-disposed');
        }
        tf.dispose([xs, ys, latents]);
      }));
  }

  /** A model whose autoencoder gives NaN one way. */
  const broken = (model: Model, way: 'encode' | 'decode'): Model => {
    const spoil = (x: tf.Tensor4D): tf.Tensor4D => tf.tidy(() => tf.mul(x, Number.NaN));
    const coder: Coder = {
      ...model,
      [way]: (x: tf.Tensor4D) => tf.tidy(() => spoil(model[way](x))),
      [`${way}Async`]: async (x: tf.Tensor4D) => {
        const y = await model[`${way}Async`](x);
        const spoilt = spoil(y);
        y.dispose();
        return spoilt;
      },
    };
    const refuse = (): never => expect.fail('the walk itself is not asked here');
    return makeModel(
      model,
      { engine: 'tfjs', run: refuse, runAsync: refuse, dispose: () => model.dispose() },
      { coder },
    );
  };

  for (const way of ['encode', 'decode'] as const) {
    it(`where its autoencoder gives numbers that are not finite when it is to ${way}: it is named`, () =>
      expectNoLeak(async () => {
        const model = broken(await openTiny('ldm'), way);
        const { xs, ys } = labelled(2, model);
        const options = { seed: 1, strength: 0, roundTrip: true, keys: ['one', 'two'] };
        const augment = boomerangAugment({ model, seed: 1, strength: 0, roundTrip: true });
        const errors = [
          await rejection(boomerang(model, xs, options)),
          await rejection(augment.async(tf.clone(xs))),
          await rejection((async () => augment(tf.clone(xs)))()),
        ];
        for (const error of errors) {
          expect(error).to.be.instanceOf(NumericError).with.property('code', 'not-finite');
          expect(error.message).to.match(new RegExp(`the autoencoder of model .* on tfjs .* could not ${way} 2 of 2`));
        }
        expect(errors[0]?.message).to.include('(one, two)');
        tf.dispose([xs, ys]);
        model.dispose();
      }));
  }
});

describe('an autoencoder whose numbers overflow', () => {
  const path = scratchFolder();
  for (const engine of ['onnx', 'tfjs'] as const) {
    it(`is named on ${engine}`, () =>
      expectNoLeak(async () => {
        const model = await loadModel(writeFiles(path('m'), ldmFiles({ autoencoder: { scaling_factor: 1e39 } })), {
          engine,
        });
        const { xs, ys } = labelled(2, model);
        const error = await rejection(boomerang(model, xs, { seed: 1, strength: 0.5, steps: 2 }));
        expect(error).to.be.instanceOf(NumericError);
        expect(error.message).to.match(
          new RegExp(`the autoencoder of model .* on ${engine}.* could not encode 2 of 2`),
        );
        tf.dispose([xs, ys]);
        model.dispose();
      }));
  }

  it('leaves nothing behind either where a network of it cannot be made', () =>
    expectNoLeak(async () => {
      const files = ldmFiles();
      const other = ldmFiles({ autoencoder: { encoder_block_out_channels: [4, 4, 4] } });
      const weights = 'vqvae/diffusion_pytorch_model.safetensors';
      files.set(weights, other.get(weights) as Uint8Array);
      const error = await rejection(openModel(memoryFolder('m', files)));
      expect(error).to.have.property('code', 'bad-tensor-shape');
    }));
});
