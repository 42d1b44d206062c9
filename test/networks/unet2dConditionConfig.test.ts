import { expect } from 'chai';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2dCondition } from '../../src/networks/unet2dCondition.ts';
import { parseUNet2DConditionConfig } from '../../src/networks/unet2dConditionConfig.ts';

const two = {
  block_out_channels: [32, 64],
  down_block_types: ['CrossAttnDownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D'],
};
const parse = (change: object) => parseUNet2DConditionConfig({ ...two, ...change });

describe('parseUNet2DConditionConfig', () => {
  it('gives an empty config the defaults of diffusers', () => {
    const config = parseUNet2DConditionConfig({});
    expect(config).to.deep.include({ sampleSize: null, inChannels: 4, outChannels: 4, guidanceSize: null });
    expect(config.kernels).to.deep.equal({ first: 3, last: 3 });
    const own = { kind: 'transformer', heads: 8, depth: 1, contextSize: 1280 } as const;
    const each = { ...own, onlyCross: false, linearProjection: false };
    expect(config.down).to.deep.equal([
      { channels: 320, layers: [each, each], resample: 'conv' },
      { channels: 640, layers: [each, each], resample: 'conv' },
      { channels: 1280, layers: [each, each], resample: 'conv' },
      { channels: 1280, layers: [null, null], resample: null },
    ]);
    expect(config.middle).to.deep.equal({ layers: [each], scaleFactor: 1 });
    expect(config.up.map(({ layers }) => layers)).to.deep.equal([
      [null, null, null],
      [each, each, each],
      [each, each, each],
      [each, each, each],
    ]);
  });

  it('describes the denoiser of Stable Diffusion 1.5, with its 859,520,964 parameters', () => {
    const shapes = parameterShapes(unet2dCondition(parseUNet2DConditionConfig({ cross_attention_dim: 768 })));
    const sizes = [...shapes.values()].map((shape) => shape.reduce((size, length) => size * length, 1));
    expect(shapes.size).to.equal(686);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.equal(859_520_964);
  });

  it('passes over options at which nothing changes, whatever they say', () => {
    const config = {
      _class_name: 'UNet2DConditionModel',
      dropout: 0.1,
      upcast_attention: true,
      mid_block_only_cross_attention: true,
      attention_type: 'default',
      resnet_out_scale_factor: 1.0,
      addition_embed_type_num_heads: 64,
      class_embeddings_concat: false,
      encoder_hid_dim: null,
      decay: 0.999,
    };
    expect(parse(config)).to.deep.equal(parse({}));
  });

  it('takes any size', () => expect(parse({ sample_size: [27, 13] }).sampleSize).to.deep.equal([27, 13]));

  it('reads lists from the finest stage on for both ways', () => {
    const both = {
      down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'],
      up_block_types: ['CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
    };
    const lists = { attention_head_dim: [2, 4], layers_per_block: [1, 2], transformer_layers_per_block: [3, 5] };
    const config = parse({ ...both, ...lists, only_cross_attention: [true, false] });
    const said = (attention: (typeof config.down)[0]['layers'][0] | undefined) =>
      attention?.kind === 'transformer' ? [attention.heads, attention.depth, attention.onlyCross] : [];
    expect(config.down.map(({ layers }) => layers.map(said))).to.deep.equal([
      [[2, 3, true]],
      [
        [4, 5, false],
        [4, 5, false],
      ],
    ]);
    expect(config.up.map(({ layers }) => [layers.length, ...said(layers[0])])).to.deep.equal([
      [3, 4, 5, false],
      [2, 2, 3, true],
    ]);
    expect(said(config.middle?.layers[0])).to.deep.equal([4, 5, false]);
  });
});

const REFUSED: readonly (readonly [code: string, key: string, value: unknown])[] = [
  ['unsupported-config', '_class_name', 'UNet2DModel'],
  ['unsupported-config', 'addition_embed_type', 'text_time'],
  ['unsupported-config', 'encoder_hid_dim', 1024],
  ['unsupported-config', 'encoder_hid_dim_type', 'text_proj'],
  ['unsupported-config', 'dual_cross_attention', true],
  ['unsupported-config', 'class_embeddings_concat', true],
  ['unsupported-config', 'cross_attention_norm', 'layer_norm'],
  ['unsupported-config', 'attention_type', 'gated'],
  ['unsupported-config', 'num_attention_heads', 8],
  ['unsupported-config', 'resnet_out_scale_factor', 1.4],
  ['unsupported-config', 'resnet_skip_time_act', true],
  ['unsupported-config', 'time_embedding_act_fn', 'silu'],
  ['unsupported-config', 'timestep_post_act', 'silu'],
  ['unsupported-config', 'time_embedding_type', 'fourier'],
  ['unsupported-config', 'class_embed_type', 'projection'],
  ['unsupported-config', 'class_embed_type', 'identity'],
  ['unsupported-config', 'mid_block_type', 'UNetMidBlock2DSimpleCrossAttn'],
  ['unsupported-config', 'down_block_types', ['SimpleCrossAttnDownBlock2D', 'DownBlock2D']],
  ['unsupported-config', 'down_block_types', ['ResnetDownsampleBlock2D', 'DownBlock2D']],
  ['unsupported-config', 'up_block_types', ['UpBlock2D', 'KUpBlock2D']],
  ['unsupported-config', 'resnet_time_scale_shift', 'spatial'],
  ['unsupported-config', 'cross_attention_dim', [768, 1024]],
  ['unsupported-config', 'conv_in_kernel', 4],
  ['unsupported-config', 'conv_out_kernel', 2],
  ['unsupported-config', 'time_cond_proj_dim', 7],
  ['unsupported-config', 'time_cond_proj_dim', 2],
  ['unsupported-config', 'downsample_padding', 2],
  ['unsupported-config', 'act_fn', 'tanh'],
  ['unsupported-config', 'a_new_option', 1],
  ['bad-config', 'cross_attention_dim', null],
  ['bad-config', 'cross_attention_dim', [768]],
  ['bad-config', 'attention_head_dim', null],
  ['bad-config', 'attention_head_dim', [8, 0]],
  ['bad-config', 'layers_per_block', [2]],
  ['bad-config', 'layers_per_block', 0],
  ['bad-config', 'only_cross_attention', 'no'],
  ['bad-config', 'only_cross_attention', [true, 1]],
  ['bad-config', 'use_linear_projection', 1],
  ['bad-config', 'transformer_layers_per_block', -1],
  ['bad-config', 'transformer_layers_per_block', [1, 'two']],
  ['bad-config', 'reverse_transformer_layers_per_block', [1]],
  ['bad-config', 'block_out_channels', [32]],
  ['bad-config', 'up_block_types', ['UpBlock2D']],
  ['bad-config', 'mid_block_scale_factor', 0],
  ['bad-config', 'num_class_embeds', 0],
  ['bad-config', 'norm_num_groups', null],
  ['bad-config', 'time_cond_proj_dim', 0],
];

describe('what parseUNet2DConditionConfig refuses', () => {
  for (const [code, key, value] of REFUSED) {
    it(`${key} ${JSON.stringify(value)} by name`, () => {
      const named = key === 'block_out_channels' ? /block_out_channels/ : new RegExp(`config.json: ${key} `);
      expect(() => parse({ [key]: value }))
        .to.throw(CheckpointError, named)
        .with.property('code', code);
    });
  }

  it('depths for each transformer that do not fit the layers, or say nothing of the way up', () => {
    const refused = (code: string, named: RegExp, change: object) =>
      expect(() => parse({ layers_per_block: 1, ...change }))
        .to.throw(CheckpointError, named)
        .with.property('code', code);
    refused('bad-config', /reverse_transformer_layers_per_block/, { transformer_layers_per_block: [[1], 1] });
    const reverse_transformer_layers_per_block = [1, [1, 1]];
    refused('bad-config', /transformer_layers_per_block.*list of 1,/, {
      transformer_layers_per_block: [[1, 2], 1],
      reverse_transformer_layers_per_block,
    });
  });

  it('more heads than channels, when it is built', () => {
    expect(() => parameterShapes(unet2dCondition(parse({ attention_head_dim: 33 }))))
      .to.throw(CheckpointError, /attention_head_dim.*at most 32/)
      .with.property('code', 'bad-config');
  });
});

/** The parameters of `UNet2DConditionModel` in diffusers 0.40 that are read, and another value than the default. */
const PARAMETERS: Readonly<Record<string, unknown>> = {
  sample_size: 16,
  in_channels: 9,
  out_channels: 6,
  center_input_sample: true,
  flip_sin_to_cos: false,
  freq_shift: 1,
  down_block_types: ['DownBlock2D', 'DownBlock2D'],
  mid_block_type: null,
  up_block_types: ['UpBlock2D', 'UpBlock2D'],
  only_cross_attention: true,
  block_out_channels: [64, 64],
  layers_per_block: 1,
  downsample_padding: 0,
  mid_block_scale_factor: 1.4,
  act_fn: 'gelu',
  norm_num_groups: 16,
  norm_eps: 1e-6,
  cross_attention_dim: 768,
  transformer_layers_per_block: 2,
  reverse_transformer_layers_per_block: [1, 2],
  attention_head_dim: 4,
  use_linear_projection: true,
  class_embed_type: 'timestep',
  num_class_embeds: 10,
  resnet_time_scale_shift: 'scale_shift',
  time_embedding_dim: 100,
  time_cond_proj_dim: 256,
  conv_in_kernel: 5,
  conv_out_kernel: 1,
};

describe('every parameter of a UNet2DConditionModel that is read', () => {
  for (const [key, value] of Object.entries(PARAMETERS)) {
    it(`counts: ${key}`, () => expect(parse({ [key]: value })).to.not.deep.equal(parse({})));
  }
});

describe('what unet2dCondition takes', () => {
  const inputs = (change: object) => unet2dCondition(parse(change)).inputs;

  it('is images of any size, timesteps, and rows of a prompt', () => {
    expect(inputs({ in_channels: 9, cross_attention_dim: 768 })).to.deep.equal({
      x: { kind: 'map', channels: 9, multiple: 1 },
      timesteps: { kind: 'number' },
      embeddings: { kind: 'rows', channels: 768 },
    });
  });

  it('is labels and guidance where the config asks for them', () => {
    expect(inputs({ num_class_embeds: 3, time_cond_proj_dim: 8 })).to.include.keys('labels', 'guidance');
  });

  it('is no prompt where no transformer is', () => {
    const plain = { down_block_types: ['DownBlock2D', 'DownBlock2D'], up_block_types: ['UpBlock2D', 'UpBlock2D'] };
    expect(inputs({ ...plain, mid_block_type: 'UNetMidBlock2D' })).to.not.have.property('embeddings');
    expect(inputs(plain)).to.have.property('embeddings'); // for the middle
  });

  it('is refused in words where it is missing or not wanted', () => {
    const refusal = (change: object, given: readonly string[]) => () => {
      const architecture = unet2dCondition(parse(change));
      const nothing = architecture.build(new Proxy({}, { get: () => () => null }) as never, () => null);
      nothing(Object.fromEntries(['x', 'timesteps', ...given].map((name) => [name, null])));
    };
    for (const [code, change, given] of [
      ['missing-embeddings', {}, []],
      ['missing-guidance', { time_cond_proj_dim: 8 }, ['embeddings']],
      ['missing-labels', { num_class_embeds: 2 }, ['embeddings']],
      ['unexpected-guidance', {}, ['embeddings', 'guidance']],
      ['unexpected-labels', {}, ['embeddings', 'labels']],
    ] as const) {
      expect(refusal(change, given), code).to.throw(ArgumentError).with.property('code', code);
    }
    expect(refusal({}, ['embeddings'])).to.not.throw();
  });
});
