import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { parseUNet2DConfig, sizeMultiple } from '../../src/networks/unet2dConfig.ts';

const two = {
  block_out_channels: [32, 64],
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
};

describe('parseUNet2DConfig', () => {
  it('gives an empty config the defaults of diffusers', () => {
    const config = parseUNet2DConfig({});
    expect(config).to.deep.include({
      sampleSize: null,
      inChannels: 3,
      outChannels: 3,
      normGroups: 32,
      embeddingSize: 896,
    });
    const own = { kind: 'self', headDim: 8, groups: 32 } as const;
    expect(config.down).to.deep.equal([
      { channels: 224, layers: [null, null], resample: 'conv' },
      { channels: 448, layers: [own, own], resample: 'conv' },
      { channels: 672, layers: [own, own], resample: 'conv' },
      { channels: 896, layers: [own, own], resample: null },
    ]);
    expect(config.up).to.deep.equal([
      { channels: 896, layers: [own, own, own], resample: 'conv' },
      { channels: 672, layers: [own, own, own], resample: 'conv' },
      { channels: 448, layers: [own, own, own], resample: 'conv' },
      { channels: 224, layers: [null, null, null], resample: null },
    ]);
    expect(config.timeEmbedding).to.deep.equal({ kind: 'positional', order: 'cos-sin', frequencyShift: 0 });
    expect(config.middle).to.deep.equal({ layers: [own], scaleFactor: 1 });
  });

  it('keeps null apart from absent where they mean different networks', () => {
    const [attention] = parseUNet2DConfig({ ...two, attention_head_dim: null }).middle?.layers ?? [];
    expect(attention).to.deep.include({ kind: 'self', headDim: null });
    expect(parseUNet2DConfig({ ...two, mid_block_type: null }).middle).to.equal(null);
  });

  it('leaves the norm of the middle attention out with scale and shift, unless it is asked for', () => {
    const config = { ...two, resnet_time_scale_shift: 'scale_shift' };
    const groups = (change: object) => parseUNet2DConfig({ ...config, ...change }).middle?.layers[0];
    expect(groups({})).to.deep.include({ groups: null });
    expect(groups({ attn_norm_num_groups: 4 })).to.deep.include({ groups: 4 });
  });

  it('reads block types with their old prefix, and swish as silu', () => {
    const config = parseUNet2DConfig({
      ...two,
      down_block_types: ['UNetResDownBlock2D', 'UNetResAttnDownBlock2D'],
      act_fn: 'Swish',
    });
    expect(config.down.map(({ layers }) => layers[0]?.kind)).to.deep.equal([undefined, 'self']);
    expect(config.activation).to.equal('silu');
  });

  it('passes over metadata, options not in use, and what a moving average leaves behind', () => {
    const config = {
      ...two,
      _class_name: 'UNet2DModel',
      _name_or_path: 'x',
      new_option: null,
      other: false,
      decay: 0.999,
      power: 0.75,
    };
    expect(parseUNet2DConfig(config)).to.deep.equal(parseUNet2DConfig(two));
  });

  it('takes sizes that halve evenly, 28 twice for instance', () => {
    const three = {
      block_out_channels: [8, 8, 8],
      down_block_types: ['DownBlock2D', 'DownBlock2D', 'DownBlock2D'],
      up_block_types: ['UpBlock2D', 'UpBlock2D', 'UpBlock2D'],
    };
    expect(sizeMultiple(parseUNet2DConfig({ ...three, sample_size: 28 }))).to.equal(4);
    expect(parseUNet2DConfig({ ...three, sample_size: [28, 12] }).sampleSize).to.deep.equal([28, 12]);
  });
});

const REFUSED: readonly (readonly [code: string, key: string, value: unknown])[] = [
  ['unsupported-config', '_class_name', 'UNet2DConditionModel'],
  ['unsupported-config', 'cross_attention_dim', 768],
  ['unsupported-config', 'time_embedding_type', 'fourier'],
  ['unsupported-config', 'class_embed_type', 'identity'],
  ['unsupported-config', 'mid_block_type', 'UNetMidBlock2DCrossAttn'],
  ['unsupported-config', 'down_block_types', ['SkipDownBlock2D', 'DownBlock2D']],
  ['unsupported-config', 'up_block_types', ['UpBlock2D', 'AttnSkipUpBlock2D']],
  ['unsupported-config', 'resnet_time_scale_shift', 'spatial'],
  ['unsupported-config', 'downsample_type', 'fir'],
  ['unsupported-config', 'upsample_type', 'fir'],
  ['unsupported-config', 'downsample_padding', 2],
  ['unsupported-config', 'act_fn', 'tanh'],
  ['unsupported-config', 'sample_size', 27],
  ['unsupported-config', 'block_out_channels', [33, 64]],
  ['bad-config', 'act_fn', null],
  ['bad-config', 'sample_size', [28]],
  ['bad-config', 'sample_size', '28'],
  ['bad-config', 'in_channels', 0],
  ['bad-config', 'out_channels', 1.5],
  ['bad-config', 'layers_per_block', '2'],
  ['bad-config', 'block_out_channels', []],
  ['bad-config', 'block_out_channels', [32]],
  ['bad-config', 'down_block_types', 'DownBlock2D'],
  ['bad-config', 'up_block_types', ['UpBlock2D']],
  ['bad-config', 'norm_num_groups', null],
  ['bad-config', 'attn_norm_num_groups', -1],
  ['bad-config', 'norm_eps', 0],
  ['bad-config', 'mid_block_scale_factor', 0],
  ['bad-config', 'attention_head_dim', 0],
  ['bad-config', 'freq_shift', 16],
  ['bad-config', 'flip_sin_to_cos', 1],
  ['bad-config', 'center_input_sample', 'no'],
  ['bad-config', 'add_attention', null],
  ['bad-config', 'num_class_embeds', 0],
  ['bad-config', 'time_embedding_dim', -4],
];

describe('what parseUNet2DConfig refuses', () => {
  for (const [code, key, value] of REFUSED) {
    it(`${key} ${JSON.stringify(value)} by name`, () => {
      const named = key === 'block_out_channels' ? /block_out_channels/ : new RegExp(`config.json: ${key} `);
      expect(() => parseUNet2DConfig({ ...two, [key]: value }))
        .to.throw(CheckpointError, named)
        .with.property('code', code);
    });
  }

  it('learned timesteps without their number', () => {
    expect(() => parseUNet2DConfig({ ...two, time_embedding_type: 'learned' }))
      .to.throw(CheckpointError, /num_train_timesteps/)
      .with.property('code', 'bad-config');
  });
});

/** The parameters of `UNet2DModel` in diffusers 0.40, and another value than the default for each. */
const PARAMETERS: Readonly<Record<string, unknown>> = {
  sample_size: 16,
  in_channels: 4,
  out_channels: 6,
  center_input_sample: true,
  time_embedding_type: 'fourier',
  time_embedding_dim: 100,
  freq_shift: 1,
  flip_sin_to_cos: false,
  down_block_types: ['DownBlock2D', 'DownBlock2D'],
  mid_block_type: null,
  up_block_types: ['UpBlock2D', 'UpBlock2D'],
  block_out_channels: [64, 64],
  layers_per_block: 1,
  mid_block_scale_factor: 1.4,
  downsample_padding: 0,
  downsample_type: 'resnet',
  upsample_type: 'resnet',
  dropout: 0.1,
  act_fn: 'gelu',
  attention_head_dim: null,
  norm_num_groups: 16,
  attn_norm_num_groups: 8,
  norm_eps: 1e-6,
  resnet_time_scale_shift: 'scale_shift',
  add_attention: false,
  class_embed_type: 'timestep',
  num_class_embeds: 10,
  num_train_timesteps: 1000,
};
/** Of no meaning for an answer: the first acts in training only, the second where timesteps are learned. */
const HARMLESS = ['dropout', 'num_train_timesteps'];

describe('every parameter of a UNet2DModel', () => {
  const plain = { ...two, down_block_types: ['AttnDownBlock2D', 'DownBlock2D'] };
  for (const [key, value] of Object.entries(PARAMETERS)) {
    it(`counts, is refused, or is known to change nothing: ${key}`, () => {
      const parse = (change: object) => parseUNet2DConfig({ ...plain, ...change });
      if (key === 'time_embedding_type') expect(() => parse({ [key]: value })).to.throw(CheckpointError, key);
      else if (HARMLESS.includes(key)) expect(parse({ [key]: value })).to.deep.equal(parse({}));
      else expect(parse({ [key]: value })).to.not.deep.equal(parse({}));
    });
  }

  it('counts for learned timesteps: num_train_timesteps', () => {
    const learned = (num_train_timesteps: number) =>
      parseUNet2DConfig({ ...plain, time_embedding_type: 'learned', num_train_timesteps });
    expect(learned(10)).to.not.deep.equal(learned(20));
  });

  for (const [key, value] of Object.entries({
    ...{ timestep_post_cond: 'a', time_cond_proj_dim: 8, projection_class_embeddings_input_dim: 2560 },
    ...{ only_cross_attention: true, encoder_hid_dim: 4, conv_in_kernel: 5, addition_embed_type: 'text' },
  })) {
    it(`is its own: ${key} of another network is refused`, () => {
      expect(() => parseUNet2DConfig({ ...two, [key]: value })).to.throw(CheckpointError, key);
    });
  }

  for (const key of ['norm_eps', 'freq_shift', 'mid_block_scale_factor', 'sample_size', 'in_channels']) {
    it(`is finite: ${key}`, () => {
      expect(() => parseUNet2DConfig({ ...two, [key]: Number.POSITIVE_INFINITY }))
        .to.throw(CheckpointError, new RegExp(`${key} .*got Infinity`))
        .with.property('code', 'bad-config');
    });
  }
});
