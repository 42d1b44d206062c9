import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import { autoencoderWeights } from '../../src/networks/autoencoder.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';
import { drawImages } from '../../src/train/drawBatch.ts';
import { encodeImages, latentData, latentScale } from '../../src/train/encodeImages.ts';
import { trainAutoencoder } from '../../src/train/trainAutoencoder.ts';
import type { TrainingData } from '../../src/train/trainingData.ts';
import type { AutoencoderOptions } from '../../src/train/trainOptions.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

const config = {
  _class_name: 'AutoencoderTiny',
  in_channels: 1,
  out_channels: 1,
  latent_channels: 2,
  encoder_block_out_channels: [8, 8],
  decoder_block_out_channels: [8, 8],
  num_encoder_blocks: [1, 1],
  num_decoder_blocks: [1, 1],
};

/** Waves of many directions. */
const images: TrainingData = {
  count: 10,
  imageShape: [8, 8, 1],
  labels: Array.from({ length: 10 }, (_, n) => n % 2),
  pixels: (index) =>
    Float32Array.from({ length: 64 }, (_, i) => 0.8 * Math.sin(index + (i % 8) * 0.3 * index + Math.floor(i / 8))),
};
const options = {
  config,
  steps: 4,
  batchSize: 4,
  seed: 'a',
  learningRate: 5e-3,
  warmUp: 2,
} as const satisfies AutoencoderOptions;

describe('trainAutoencoder', () => {
  it('learns to give images back, and gives the same weights for the same seed', async () => {
    const losses: number[] = [];
    await expectNoLeak(async () => {
      const onStep = ({ loss }: { readonly loss: number }): void => void losses.push(loss);
      await trainAutoencoder(images, { ...options, steps: 60, onStep });
    });
    expect(losses).to.have.lengthOf(60);
    const mean = (part: number[]): number => part.reduce((sum, one) => sum + one, 0) / part.length;
    expect(mean(losses.slice(-8))).to.be.below(0.6 * mean(losses.slice(0, 4)));
    const [once, again] = [await trainAutoencoder(images, options), await trainAutoencoder(images, options)];
    expect(again.weights).to.deep.equal(once.weights);
  });

  it('goes on after any step as if it had not stopped, and gives the same step in parts', async () => {
    const whole = await trainAutoencoder(images, { ...options, flip: true });
    const abort = new AbortController();
    const onStep = ({ step }: { readonly step: number }): void => {
      if (step === 3) abort.abort();
    };
    const part = await trainAutoencoder(images, { ...options, flip: true, onStep, signal: abort.signal });
    const rest = await trainAutoencoder(images, { ...options, flip: true, resume: part.state });
    expect(part.steps).to.equal(3);
    expect(rest.weights).to.deep.equal(whole.weights);
    const parts = await trainAutoencoder(images, { ...options, flip: true, microBatch: 3 });
    for (const [name, { data }] of whole.weights) {
      expect(largestDifference(parts.weights.get(name)?.data ?? [], data), name).to.be.below(1e-3);
    }
  });

  it('names its parameters as diffusers does, those of both halves', async () => {
    const { weights } = await trainAutoencoder(images, { ...options, steps: 1 });
    const names = [...weights.keys()];
    expect(names).to.include.members([
      'encoder.layers.0.weight',
      'encoder.layers.1.conv.0.bias',
      'decoder.layers.0.weight',
    ]);
    expect(names).to.include('encoder.layers.2.weight').and.not.include('encoder.layers.2.bias'); // halves, unbiased
    expect(weights.get('encoder.layers.0.weight')?.shape).to.deep.equal([8, 1, 3, 3]);
  });

  it('refuses what it cannot train: images that its levels do not divide, other classes, other options', async () => {
    const odd = { ...images, imageShape: [7, 8, 1] as const, pixels: () => new Float32Array(56) };
    const cases = [
      [odd, options, ArgumentError, 'bad-image-shape', /divisible by 2.*7,8,1/],
      [
        images,
        { ...options, config: { ...config, in_channels: 3, out_channels: 3 } },
        ArgumentError,
        'bad-image-shape',
        /8,8,3/,
      ],
      [
        images,
        { ...options, config: { ...config, _class_name: 'AutoencoderKL' } },
        CheckpointError,
        'unsupported-config',
        /AutoencoderKL/,
      ],
      [images, { ...options, minSnr: 5 }, ArgumentError, 'unknown-option', /minSnr/],
    ] as const;
    for (const [data, changed, kind, code, message] of cases) {
      await expectNoLeak(async () => {
        const error = await rejection(trainAutoencoder(data, changed));
        expect(error).to.be.instanceOf(kind).with.property('code', code);
        expect(error.message).to.match(message);
      });
    }
  });
});

describe('images encoded once', () => {
  it('are what the encoder makes of them, and of them mirrored, whatever the batches', async () => {
    const { weights } = await trainAutoencoder(images, { ...options, steps: 1 });
    const autoencoder = parseAutoencoder(config);
    const latents = await encodeImages(images, { config, weights, flip: true, batchSize: 3 });
    const data = latentData(latents, 2, images.labels);
    expect({ count: data.count, shape: data.imageShape }).to.deep.equal({ count: 10, shape: [4, 4, 2] });
    const encoder = tfjsNetwork(autoencoder.encoder, autoencoderWeights(autoencoder, weights).encoder);
    const scaled = (x: tf.Tensor): Float32Array =>
      tf.tidy(() => tf.mul(encoder.run({ x })['output'] as tf.Tensor, 2).dataSync<'float32'>());
    for (const index of [0, 9]) {
      const image = tf.tensor4d(images.pixels(index), [1, 8, 8, 1]);
      expect(largestDifference(data.pixels(index), scaled(image))).to.be.below(1e-5);
      const mirrored = data.mirrored?.(index) ?? [];
      expect(largestDifference(mirrored, scaled(tf.reverse(image, 2)))).to.be.below(1e-5);
      image.dispose();
    }
    encoder.dispose();
  });

  it('are scaled to unit variance, and drawn mirrored as often as images are', async () => {
    const plain = Float32Array.from({ length: 64 }, (_, i) => 3 + 5 * Math.sin(i));
    const latents = { latentShape: [4, 4, 1] as const, plain, mirrored: plain.map((value) => -value) };
    const scale = latentScale(latents);
    const mean = plain.reduce((sum, value) => sum + value * scale, 0) / 64;
    expect(plain.reduce((sum, value) => sum + (value * scale - mean) ** 2, 0) / 64).to.be.closeTo(1, 1e-5);
    const data = latentData(latents, scale);
    const { indices, clean } = drawImages(data, 0, { seed: 's', batchSize: 40, flip: true });
    const values = clean.dataSync<'float32'>();
    clean.dispose();
    const isMirrored = indices.map((index, n) => values[n * 16] !== data.pixels(index)[0]);
    for (const [n, index] of indices.entries()) {
      const wanted = isMirrored[n] ? data.mirrored?.(index) : data.pixels(index);
      expect(values.slice(n * 16, (n + 1) * 16)).to.deep.equal(wanted);
    }
    expect(isMirrored.filter(Boolean).length).to.be.within(8, 32);
  });
});
