import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { BoomerangError } from '../../src/errors.ts';
import { openAutoencoder } from '../../src/models/openAutoencoder.ts';
import { openTextEncoder } from '../../src/models/openTextEncoder.ts';
import { openTokenizer } from '../../src/models/openTokenizer.ts';
import { ldmFiles, stableFiles } from '../support/latentPipeline.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

const folderOf = async () => memoryFolder('stable', await stableFiles({ text: { eos_token_id: 5 } }));

const expectRefused = async (call: () => unknown, code: string, message: RegExp): Promise<void> => {
  const error = await rejection((async () => call())());
  expect(error, error.message).to.be.instanceOf(BoomerangError).with.property('code', code);
  expect(error.message).to.match(message).and.not.include('\n');
};

describe('an autoencoder by itself', () => {
  const IMAGES: readonly (readonly [make: () => unknown, string, RegExp])[] = [
    [() => tf.zeros([1, 2, 2, 3]), 'bad-image-shape', /images.*height and width divisible by 4, got \[1,2,2,3\]/],
    [() => tf.zeros([1, 18, 16, 3]), 'bad-image-shape', /divisible by 4, got \[1,18,16,3\]/],
    [() => tf.zeros([1, 16, 16, 1]), 'bad-image-shape', /\[N, H, W, 3\]/],
    [() => tf.zeros([16, 16, 3]), 'bad-image-shape', /got \[16,16,3\]/],
    [() => tf.zeros([0, 16, 16, 3]), 'bad-image-shape', /got \[0,16,16,3\]/],
    [() => tf.zeros([1, 16, 16, 3], 'int32'), 'bad-images', /got one of int32; cast it/],
    [() => undefined, 'bad-images', /got undefined/],
    [() => [1], 'bad-images', /got an array; make a tensor of it/],
  ];

  it('refuses what it cannot encode or decode, and calls after it was disposed', () =>
    expectNoLeak(async () => {
      const autoencoder = await openAutoencoder(await folderOf());
      for (const [make, code, message] of IMAGES) {
        const images = make() as tf.Tensor4D;
        await expectRefused(() => autoencoder.encode(images), code, message);
        await expectRefused(() => autoencoder.moments(images), code, message);
        tf.dispose(images as tf.TensorContainer);
      }
      const latents = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
      await expectRefused(() => autoencoder.decode(latents), 'bad-image-shape', /latents.*\[N, H, W, 4\], got/);
      latents.dispose();
      await expectRefused(() => autoencoder.decode(latents), 'bad-images', /got one that was disposed/);
      autoencoder.dispose();
      autoencoder.dispose();
      await expectRefused(() => autoencoder.encode(latents), 'model-disposed', /load it again/);
    }));

  it('is refused where there is none, or another network', async () => {
    await expectRefused(
      () => openAutoencoder(memoryFolder('bare', new Map())),
      'no-such-model',
      /bare holds no autoencoder; looked for: config\.json, vae\/config\.json, vqvae/,
    );
    const files = await stableFiles();
    const unet = [...files].filter(([path]) => path.startsWith('unet/')).map(([p, b]) => [p.slice(5), b] as const);
    const code = 'unsupported-config';
    await expectRefused(() => openAutoencoder(memoryFolder('unet', new Map(unet))), code, /UNet2DConditionModel/);
  });
});

describe('a text encoder by itself', () => {
  it('refuses rows that are none, and calls after it was disposed', () =>
    expectNoLeak(async () => {
      const encoder = await openTextEncoder(await folderOf());
      for (const [ids, message] of [
        [[], /1 to \d+ tokens, got 0/],
        [[[1, 2], [1]], /of one length, got 2 and 1/],
        [[[1e6]], /from 0 to \d+, got 1000000/],
        [[[0.5]], /got 0\.5/],
        [[[1, 2]], /must have the end token 5/],
        ['text', /must be lists of ids/],
        [undefined, /must be lists of ids/],
        [[7], /must be lists of ids/],
      ] as const) {
        await expectRefused(() => encoder.encode(ids as never), 'bad-tokens', message);
      }
      encoder.dispose();
      encoder.dispose();
      await expectRefused(() => encoder.encode([[1]]), 'model-disposed', /load it again/);
    }));

  it('is refused without its files, and with options that are none', async () => {
    await expectRefused(() => openTextEncoder(memoryFolder('plain', ldmFiles())), 'no-such-model', /no text encoder/);
    const folder = await folderOf();
    for (const [options, code, message] of [
      [{ clipSkip: 2 }, 'bad-clip-skip', /from 0 to 1, so that a layer stays, got 2/],
      [{ clipSkip: Number.NaN }, 'bad-clip-skip', /got NaN/],
      [{ clipSkip: '1' }, 'bad-clip-skip', /got "1"/],
      [{ clipskip: 1 }, 'unknown-option', /did you mean "clipSkip"/],
    ] as const) {
      await expectRefused(() => openTextEncoder(folder, options as object), code, message);
    }
  });
});

describe('a tokenizer by itself', () => {
  it('is refused where a file of it is missing', async () => {
    await expectRefused(() => openTokenizer(memoryFolder('plain', ldmFiles())), 'no-tokenizer', /plain holds no token/);
    for (const file of ['merges.txt', 'tokenizer_config.json']) {
      const left = new Map([...(await stableFiles())].filter(([path]) => path !== `tokenizer/${file}`));
      await expectRefused(() => openTokenizer(memoryFolder('cut', left)), 'no-tokenizer', new RegExp(`no ${file}`));
    }
  });
});
