import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { architectureOf } from '../../benchmarks/networks.ts';
import { writePipeline } from '../../benchmarks/randomPipeline.ts';
import { SD15, TINY_SD } from '../../benchmarks/stableDiffusion.ts';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { boomerang } from '../../src/index.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { scratchFolder } from '../support/scratch.ts';

const small = {
  unet: {
    ...SD15.unet,
    sample_size: 8,
    block_out_channels: [32, 32, 32, 32],
    layers_per_block: 1,
    cross_attention_dim: 16,
  },
  vae: { ...SD15.vae, block_out_channels: [32, 32, 32, 32], layers_per_block: 1, sample_size: 64 },
  text_encoder: {
    ...SD15.text_encoder,
    ...{ hidden_size: 16, intermediate_size: 32, num_hidden_layers: 2, num_attention_heads: 2 },
  },
};

describe('a pipeline of random weights', () => {
  const folder = scratchFolder();

  for (const stored of ['F32', 'F16'] as const) {
    it(`is a checkpoint of ${stored} that opens and brings back an image by a prompt`, async () => {
      await writePipeline(folder(), small, stored);
      const file = readFileSync(folder('unet/diffusion_pytorch_model.safetensors'));
      for (const { dtype } of parseSafetensors(new Uint8Array(file)).values()) expect(dtype).to.equal(stored);
      const model = await loadModel(folder(), { engine: 'onnx' });
      const images = tf.zeros([1, 64, 64, 3]) as tf.Tensor4D;
      const variants = await boomerang(model, images, { strength: 0.2, steps: 1, seed: 'a', prompt: 'a cat' });
      expect(variants.dataSync().every(Number.isFinite)).to.equal(true);
      tf.dispose([images, variants]);
      model.dispose();
    });
  }

  it('may be of the sizes of well-known ones', () => {
    const millions = [SD15, TINY_SD].map(({ unet }) =>
      [...parameterShapes(architectureOf(unet)).values()].reduce(
        (sum, shape) => sum + shape.reduce((a, b) => a * b),
        0,
      ),
    );
    expect(millions.map((count) => Math.round(count / 1e6))).to.deep.equal([860, 323]);
  });
});
