import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { autoencoderWeights } from '../../src/networks/autoencoder.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';
import { formulaHalves, KINDS } from '../networks/autoencoderKinds.ts';
import { formula } from '../networks/formula.ts';
import { describeShared, root, shared } from '../support/shared.ts';
import { type Block, expectClose, onEveryEngine } from './everyEngine.ts';

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const read = (path: string) => parseSafetensors(new Uint8Array(readFileSync(path))) as ReadonlyMap<string, Block>;

// diffusers 0.40 development source, torch 2.13; see test/fixtures/networks/make_autoencoders.py
describe('autoencoders', () => {
  const outputs = read(join(root, 'test/fixtures/networks/autoencoders.safetensors'));

  it('are of seven kinds here', () => expect(Object.keys(KINDS)).to.have.length(7));

  onEveryEngine((evaluate) => {
    for (const [title, config] of Object.entries(KINDS)) {
      it(`compute what diffusers computes: ${title}`, async () => {
        const autoencoder = parseAutoencoder(config);
        const weights = formulaHalves(autoencoder);
        const input = (name: string, [height = 0, width = 0, channels = 0]: readonly number[]): Block => {
          const shape = [2, height, width, channels];
          return { data: formula(name, shape), shape };
        };
        const golden = (name: string) => outputs.get(`${title}: ${name}`) as Block;
        const { imageChannels, latentChannels, factor } = autoencoder;
        const [height, width] = autoencoder.sampleSize ?? [16, 12];
        const image = input('sample', [height, width, imageChannels]);
        const encoded = await evaluate(autoencoder.encoder, weights.encoder, image);
        expectClose(encoded['moments'] ?? encoded['output'], golden('encoded'), 2e-5);
        const z = input('z', [height / factor, width / factor, latentChannels]);
        const decoded = await evaluate(autoencoder.decoder, weights.decoder, z);
        expectClose(decoded['output'], golden('decoded'), 5e-5);
      });
    }
  });
});

/** `[N, C, H, W]` to `[N, H, W, C]`. */
const toNhwc = ({ data, shape: [count = 0, channels = 0, height = 0, width = 0] }: Block): Block => {
  const space = height * width;
  const at = (i: number): number => {
    const [n, c, p] = [Math.floor(i / channels / space), i % channels, Math.floor(i / channels) % space];
    return data[(n * channels + c) * space + p] ?? Number.NaN;
  };
  return { data: Float32Array.from({ length: data.length }, (_, i) => at(i)), shape: [count, height, width, channels] };
};

const open = (folder: string) => {
  const autoencoder = parseAutoencoder(json(join(folder, 'config.json')));
  const stored = read(join(folder, 'diffusion_pytorch_model.safetensors'));
  const io = read(join(folder, 'io.safetensors'));
  const golden = (name: string): Block => toNhwc(io.get(name) as Block);
  return { autoencoder, weights: autoencoderWeights(autoencoder, stored), golden };
};

const GOLDENS = 'goldens/latent';

// diffusers 0.39, torch 2.13; tolerances as agreed
describeShared('goldens of AutoencoderKL', `${GOLDENS}/autoencoder-kl`, () => {
  onEveryEngine((evaluate) => {
    for (const name of ['kl-sd1', 'kl-sd1-old-names', 'kl-nonsquare', 'kl-sd3-like']) {
      it(`${name}: encoded within 2e-5, decoded within 5e-5 of the largest magnitude`, async () => {
        const { autoencoder, weights, golden } = open(shared(`${GOLDENS}/autoencoder-kl/${name}`));
        const { encoder, decoder, scale, shift } = autoencoder;
        const { output, moments } = await evaluate(encoder, weights.encoder, golden('sample'));
        const latent = {
          shape: output?.shape ?? [],
          data: (output?.data ?? Float32Array.of()).map((value) => (value - shift) * scale),
        };
        expectClose(moments, golden('moments'), 2e-5);
        expectClose(output, golden('mean'), 2e-5);
        expectClose(latent, golden('latent'), 2e-5);
        for (const [from, to] of [
          ['mean', 'reconstruction'],
          ['z', 'decoded'],
        ] as const) {
          const decoded = await evaluate(decoder, weights.decoder, golden(from));
          expectClose(decoded['output'], golden(to), 5e-5);
        }
      });
    }
  });
});

describeShared('goldens of AutoencoderTiny', `${GOLDENS}/autoencoder-tiny`, () => {
  onEveryEngine((evaluate) => {
    for (const name of ['taesd', 'taesd-latent16']) {
      it(`${name} is within 1e-5 of the largest magnitude`, async () => {
        const { autoencoder, weights, golden } = open(shared(`${GOLDENS}/autoencoder-tiny/${name}`));
        const encoded = await evaluate(autoencoder.encoder, weights.encoder, golden('sample'));
        expectClose(encoded['output'], golden('latent'), 1e-5);
        for (const [from, to] of [
          ['latent', 'reconstruction'],
          ['z', 'decoded'],
        ] as const) {
          const decoded = await evaluate(autoencoder.decoder, weights.decoder, golden(from));
          expectClose(decoded['output'], golden(to), 1e-5);
        }
      });
    }
  });
});
