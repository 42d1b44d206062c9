import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { matchWeights } from '../../src/networks/matchWeights.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { sinusoidFrequencies } from '../../src/networks/sinusoids.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { formulaWeights } from './formula.ts';

const config = {
  block_out_channels: [8, 16],
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
};
const shapes = parameterShapes(unet2d(parseUNet2DConfig(config)));

describe('parameterShapes', () => {
  it('names parameters as PyTorch does', () => {
    expect(shapes.get('conv_in.weight')).to.deep.equal([8, 3, 3, 3]);
    expect(shapes.get('time_embedding.linear_1.weight')).to.deep.equal([32, 8]);
    expect(shapes.get('down_blocks.0.downsamplers.0.conv.weight')).to.deep.equal([8, 8, 3, 3]);
    expect(shapes.get('mid_block.attentions.0.to_out.0.bias')).to.deep.equal([16]);
    expect(shapes.has('down_blocks.1.downsamplers.0.conv.weight')).to.equal(false);
  });

  it('gives the way up the channels of what it skips', () => {
    const inputs = ['0.resnets.0', '0.resnets.1', '1.resnets.0', '1.resnets.1'].map(
      (block) => shapes.get(`up_blocks.${block}.conv1.weight`)?.[1],
    );
    expect(inputs).to.deep.equal([16 + 16, 16 + 8, 16 + 8, 8 + 8]);
  });

  it('refuses groups that do not divide the channels, and heads wider than them', () => {
    expect(() => parameterShapes(unet2d(parseUNet2DConfig({ ...config, norm_num_groups: 3 }))))
      .to.throw(CheckpointError, /norm_num_groups.*3 does not divide 8/)
      .with.property('code', 'bad-config');
    expect(() => parameterShapes(unet2d(parseUNet2DConfig({ ...config, attention_head_dim: 32 }))))
      .to.throw(CheckpointError, /attention_head_dim.*at most 16/)
      .with.property('code', 'bad-config');
  });
});

describe('matchWeights', () => {
  const without = (...names: string[]) =>
    new Map([...formulaWeights(shapes)].filter(([name]) => !names.includes(name)));

  it('gives every weight under its name, in the order of the network', () => {
    const weights = formulaWeights(shapes);
    const matched = matchWeights(shapes, new Map([...weights].reverse()));
    expect([...matched.keys()]).to.deep.equal([...shapes.keys()]);
    for (const [name, weight] of matched) expect(weight).to.equal(weights.get(name));
  });

  it("understands the old names of attention's parameters", () => {
    const olden = (name: string): string =>
      name
        .replace('.to_q.', '.query.')
        .replace('.to_k.', '.key.')
        .replace('.to_v.', '.value.')
        .replace('.to_out.0.', '.proj_attn.');
    const weights = formulaWeights(shapes);
    const old = new Map([...weights].map(([name, weight]) => [olden(name), weight]));
    expect(old.has('mid_block.attentions.0.query.weight')).to.equal(true);
    expect(matchWeights(shapes, old)).to.deep.equal(weights);
  });

  it("takes attention's matrices stored as convolutions of one pixel, and no others", () => {
    const name = 'mid_block.attentions.0.to_q.weight';
    const weights = formulaWeights(shapes);
    const { data } = weights.get(name) ?? { data: new Float32Array() };
    const stored = (...shape: number[]) => matchWeights(shapes, new Map(weights).set(name, { shape, data }));
    expect(stored(16, 16, 1, 1)).to.deep.equal(weights);
    expect(stored(16, 16, 1)).to.deep.equal(weights);
    for (const shape of [[8, 32, 1, 1], [4, 4, 4, 4], [256]]) {
      expect(() => stored(...shape))
        .to.throw(CheckpointError, `to_q.weight [${shape}]`)
        .with.property('code', 'bad-tensor-shape');
    }
  });

  it('names what is missing', () => {
    expect(() => matchWeights(shapes, without('conv_in.weight')))
      .to.throw(CheckpointError, /1 tensor .*missing: conv_in\.weight/)
      .with.property('code', 'missing-tensor');
  });

  it('names the first five of many, and says how many there are', () => {
    expect(() => matchWeights(shapes, new Map()))
      .to.throw(CheckpointError, new RegExp(`${shapes.size} tensors .*and ${shapes.size - 5} more`))
      .with.property('code', 'missing-tensor');
  });

  it('names a tensor of another shape, and both shapes', () => {
    const weights = without().set('conv_in.bias', { shape: [9], data: new Float32Array(9) });
    expect(() => matchWeights(shapes, weights))
      .to.throw(CheckpointError, /conv_in\.bias \[9\] instead of \[8\]/)
      .with.property('code', 'bad-tensor-shape');
  });

  it('names what nobody took', () => {
    const weights = without().set('encoder.bias', { shape: [1], data: new Float32Array(1) });
    expect(() => matchWeights(shapes, weights))
      .to.throw(CheckpointError, /encoder\.bias/)
      .with.property('code', 'unexpected-tensor');
  });
});

describe('sinusoidFrequencies', () => {
  it('fall geometrically from 1, to 1 / 10000 with a shift of 1', () => {
    const frequencies = sinusoidFrequencies(16, 1);
    expect(frequencies[0]).to.equal(1);
    expect(frequencies[15]).to.be.closeTo(1e-4, 1e-10);
    for (let i = 1; i < 16; i += 1) {
      expect((frequencies[i] ?? 0) / (frequencies[i - 1] ?? 0)).to.be.closeTo(10000 ** (-1 / 15), 1e-6);
    }
  });
});
