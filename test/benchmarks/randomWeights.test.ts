import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { architectureOf } from '../../benchmarks/networks.ts';
import { SD15, TINY_SD, writePipeline } from '../../benchmarks/stableDiffusion.ts';
import { toFloat32 } from '../../src/checkpoints/halfFloat.ts';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { matchWeights } from '../../src/networks/matchWeights.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('a pipeline of random weights', () => {
  const folder = scratchFolder();
  const config = { ...SD15.unet, block_out_channels: [32, 32, 32, 32], layers_per_block: 1, cross_attention_dim: 8 };
  const read = (path: string) => new Uint8Array(readFileSync(folder(path)));
  const json = (path: string) => JSON.parse(readFileSync(folder(path), 'utf8'));

  for (const stored of ['F32', 'F16'] as const) {
    it(`is a checkpoint of ${stored} that fits its network exactly, all of it finite`, async () => {
      const architecture = architectureOf(config);
      await writePipeline(folder(), [{ name: 'unet', architectures: [architecture], config }], stored);
      const tensors = parseSafetensors(read('unet/diffusion_pytorch_model.safetensors'));
      for (const [name, tensor] of matchWeights(parameterShapes(architecture), tensors)) {
        expect(tensor.dtype).to.equal(stored);
        expect(toFloat32(tensor).every(Number.isFinite), name).to.equal(true);
      }
      expect(json('unet/config.json')).to.deep.equal(config);
      expect(json('model_index.json')['unet']).to.deep.equal(['diffusers', 'UNet2DConditionModel']);
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
