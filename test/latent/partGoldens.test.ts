import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { loadAutoencoder, loadTextEncoder, loadTokenizer } from '../../src/node/loadParts.ts';
import { describeShared, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { describeTfjsNode } from '../support/tfjsNode.ts';
import { expectWithin, readGolden } from './goldenRun.ts';

const HOME = 'goldens/latent';
const namesIn = (kind: string): readonly string[] =>
  existsSync(shared(`${HOME}/${kind}`)) ? readdirSync(shared(`${HOME}/${kind}`)) : [];

const onBackends = (body: () => void): void => {
  describe('on wasm', body);
  describeTfjsNode('on the other', body);
};

// diffusers 0.39, transformers 4.57, torch 2.13; tolerances as agreed
describeShared('an autoencoder by itself', HOME, () => {
  const names = [...namesIn('autoencoder-kl'), ...namesIn('autoencoder-tiny')];
  it('is of six kinds here', () => expect(names).to.have.length(6));

  onBackends(() => {
    for (const name of names) {
      it(`${name}: makes the moments, the latents and the images of the reference`, () =>
        expectNoLeak(async () => {
          const isTiny = name.startsWith('taesd');
          const [coded, restored] = isTiny ? [1e-5, 1e-5] : [2e-5, 5e-5];
          const folder = shared(`${HOME}/autoencoder-${isTiny ? 'tiny' : 'kl'}/${name}`);
          const golden = readGolden(`${folder}/io.safetensors`);
          const autoencoder = await loadAutoencoder(folder);
          const { scale, shift } = autoencoder;
          tf.tidy(() => {
            const [sample, latent] = [golden.map('sample'), golden.map('latent')];
            const encoded = autoencoder.encode(sample);
            const raw = isTiny ? latent : golden.map('mean');
            expectWithin('encoded', encoded, raw, coded);
            if (!isTiny) expectWithin('latent', tf.mul(tf.sub(encoded, shift), scale), latent, coded);
            const moments = autoencoder.moments(sample);
            if (isTiny) expectWithin('mean alone', moments, raw, coded);
            else {
              expectWithin('moments', moments, golden.map('moments'), coded);
              const [mean, all] = tf.split(moments, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
              const logVariance = tf.clipByValue(all, -30, 20);
              expectWithin('logvar', logVariance, golden.map('logvar'), coded);
              const noise = tf.mul(tf.exp(tf.div(logVariance, 2)), golden.map('noise'));
              expectWithin('sampled', tf.add(mean, noise), golden.map('sampled'), coded);
            }
            expectWithin('reconstruction', autoencoder.decode(raw), golden.map('reconstruction'), restored);
            expectWithin('decoded', autoencoder.decode(golden.map('z')), golden.map('decoded'), restored);
          });
          autoencoder.dispose();
        }));
    }
  });
});

describeShared('a text encoder by itself', HOME, () => {
  const names = namesIn('clip-text');
  it('is of two kinds here', () => expect(names).to.have.length(2));

  onBackends(() => {
    for (const name of names) {
      it(`${name}: makes the rows of the reference, of every layer that is asked for`, () =>
        expectNoLeak(async () => {
          const folder = shared(`${HOME}/clip-text/${name}`);
          const [whole, shorter] = [await loadTextEncoder(folder), await loadTextEncoder(folder, { clipSkip: 1 })];
          for (const file of ['io', 'io-2']) {
            const golden = readGolden(`${folder}/${file}.safetensors`);
            tf.tidy(() => {
              const wanted = golden.tensor('last_hidden_state');
              const [count = 0, tokens = 0] = wanted.shape;
              const all = golden.list('input_ids');
              const ids = Array.from({ length: count }, (_, n) => all.slice(n * tokens, (n + 1) * tokens));
              const made = whole.encode(ids);
              expectWithin('last', made.lastHiddenState, wanted, 1e-5);
              const before = golden.tensor('penultimate_hidden_state');
              expectWithin('penultimate', made.penultimateHiddenState, before, 1e-5);
              expectWithin('pooled', made.pooled, golden.tensor('pooled'), 1e-5);
              const left = shorter.encode(ids);
              expectWithin('clipSkip 1', left.lastHiddenState, golden.tensor('penultimate_normed'), 1e-5);
            });
          }
          whole.dispose();
          shorter.dispose();
        }));
    }
  });
});

describeShared('a tokenizer by itself', HOME, () => {
  const names = namesIn('clip-tokenizer');
  it('is of three kinds or more here', () => expect(names.length).to.be.at.least(3));

  for (const name of names) {
    it(`${name}: makes the tokens of the reference`, async () => {
      const folder = shared(`${HOME}/clip-tokenizer/${name}`);
      const tokenizer = await loadTokenizer(folder);
      const { cases, model_max_length: length } = JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8'));
      expect(cases).to.have.length.above(20);
      expect(tokenizer.length).to.equal(length);
      for (const { text, ids, padded } of cases) {
        expect(tokenizer.encode(text), text).to.deep.equal(ids);
        expect(tokenizer.pad(tokenizer.encode(text)), text).to.deep.equal(padded);
      }
    });
  }
});
