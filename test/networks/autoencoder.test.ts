import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { autoencoderWeights } from '../../src/networks/autoencoder.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';
import { formulaWeights } from './formula.ts';

const two = {
  block_out_channels: [8, 16],
  down_block_types: ['DownEncoderBlock2D', 'DownEncoderBlock2D'],
  up_block_types: ['UpDecoderBlock2D', 'UpDecoderBlock2D'],
  norm_num_groups: 4,
};
const kl = { _class_name: 'AutoencoderKL', ...two };
const vq = { _class_name: 'VQModel', ...two };
const tiny = { _class_name: 'AutoencoderTiny' };

type Config = { readonly _class_name: string };

/** All that a config decides: the numbers, and names and shapes of parameters. */
const meaning = (config: object) => {
  const { encoder, decoder, ...rest } = parseAutoencoder({ ...config });
  return { ...rest, ...shapesOf(config), inputs: [encoder.inputs, decoder.inputs], outputs: encoder.outputs };
};

const shapesOf = (config: object) => {
  const { encoder, decoder } = parseAutoencoder({ ...config });
  return { encoder: parameterShapes(encoder), decoder: parameterShapes(decoder) };
};

describe('parseAutoencoder', () => {
  it('gives short configs the defaults of diffusers', () => {
    const first = parseAutoencoder(kl);
    expect(first).to.deep.include({ imageChannels: 3, latentChannels: 4, factor: 2, scale: 0.18215, shift: 0 });
    expect(first.sampleSize).to.deep.equal([32, 32]);
    expect(first.encoder.outputs).to.deep.equal(['output', 'moments']);
    expect(parseAutoencoder(vq)).to.deep.include({ imageChannels: 3, latentChannels: 3, factor: 2, scale: 0.18215 });
    const third = { imageChannels: 3, latentChannels: 4, factor: 8, scale: 1, shift: 0, sampleSize: null };
    expect(parseAutoencoder(tiny)).to.deep.include(third);
    expect(shapesOf(tiny).decoder.get('decoder.layers.18.weight')).to.deep.equal([3, 64, 3, 3]);
  });

  it('names parameters as PyTorch does, and shares none between the halves', () => {
    for (const config of [kl, vq, tiny]) {
      const { encoder, decoder } = shapesOf(config);
      expect(encoder.size).to.be.above(20);
      for (const name of encoder.keys()) expect(name).to.match(/^(encoder|quant_conv)\./);
      for (const name of decoder.keys()) expect(name).to.match(/^(decoder|post_quant_conv|quantize\.embedding)\./);
    }
    const { encoder, decoder } = shapesOf(kl);
    expect(encoder.get('encoder.down_blocks.1.resnets.0.conv_shortcut.weight')).to.deep.equal([16, 8, 1, 1]);
    expect(encoder.get('quant_conv.weight')).to.deep.equal([8, 8, 1, 1]);
    expect(decoder.get('decoder.mid_block.attentions.0.to_out.0.weight')).to.deep.equal([16, 16]);
    expect(shapesOf(vq).decoder.get('quantize.embedding.weight')).to.deep.equal([256, 3]);
  });

  it('takes images whose sides its levels halve evenly, and latents of any size', () => {
    const { encoder, decoder } = parseAutoencoder(tiny);
    expect(encoder.inputs).to.deep.equal({ x: { kind: 'map', channels: 3, multiple: 8 } });
    expect(decoder.inputs).to.deep.equal({ x: { kind: 'map', channels: 4, multiple: 1 } });
  });

  it('passes over metadata and options not in use, and takes a shift of null for none', () => {
    const more = {
      _name_or_path: 'x',
      _diffusers_version: '0.2.2',
      new_option: null,
      other: false,
      shift_factor: null,
    };
    expect(meaning({ ...kl, ...more, latents_mean: null, latents_std: null })).to.deep.equal(meaning(kl));
  });

  it('refuses groups that do not divide the channels', () => {
    expect(() => shapesOf({ ...kl, norm_num_groups: 3 }))
      .to.throw(CheckpointError, /norm_num_groups.*3 does not divide 8/)
      .with.property('code', 'bad-config');
  });
});

const REFUSED: readonly (readonly [code: string, config: Config, key: string, value: unknown])[] = [
  ['unsupported-config', kl, '_class_name', 'AsymmetricAutoencoderKL'],
  ['bad-config', kl, '_class_name', undefined],
  ['unsupported-config', kl, 'latents_mean', [0, 0, 0, 0]],
  ['unsupported-config', kl, 'latents_std', [1, 1, 1, 1]],
  ['unsupported-config', kl, 'vq_embed_dim', 4],
  ['unsupported-config', kl, 'norm_type', 'group'],
  ['unsupported-config', kl, 'out_channels', 6],
  ['unsupported-config', kl, 'act_fn', 'tanh'],
  ['unsupported-config', kl, 'down_block_types', ['DownBlock2D', 'DownEncoderBlock2D']],
  ['unsupported-config', kl, 'up_block_types', ['UpDecoderBlock2D', 'UpBlock2D']],
  ['bad-config', kl, 'block_out_channels', []],
  ['bad-config', kl, 'block_out_channels', [8, 1.5]],
  ['bad-config', kl, 'down_block_types', ['DownEncoderBlock2D']],
  ['bad-config', kl, 'up_block_types', 'UpDecoderBlock2D'],
  ['bad-config', kl, 'layers_per_block', 0],
  ['bad-config', kl, 'norm_num_groups', null],
  ['bad-config', kl, 'latent_channels', 0],
  ['bad-config', kl, 'sample_size', [8]],
  ['bad-config', kl, 'scaling_factor', 0],
  ['bad-config', kl, 'scaling_factor', null],
  ['bad-config', kl, 'shift_factor', 'none'],
  ['bad-config', kl, 'use_quant_conv', null],
  ['bad-config', kl, 'use_post_quant_conv', 1],
  ['bad-config', kl, 'mid_block_add_attention', 'yes'],
  ['unsupported-config', vq, 'norm_type', 'spatial'],
  ['unsupported-config', vq, 'shift_factor', 0.5],
  ['unsupported-config', vq, 'use_quant_conv', true],
  ['bad-config', vq, 'num_vq_embeddings', 0],
  ['bad-config', vq, 'vq_embed_dim', 2.5],
  ['unsupported-config', tiny, 'upsample_fn', 'bilinear'],
  ['unsupported-config', tiny, 'upsampling_scaling_factor', 3],
  ['unsupported-config', tiny, 'act_fn', 'elu'],
  ['unsupported-config', tiny, 'out_channels', 4],
  ['unsupported-config', tiny, 'norm_num_groups', 32],
  ['bad-config', tiny, 'encoder_block_out_channels', [64, 64, 64]],
  ['bad-config', tiny, 'decoder_block_out_channels', [64, 64, 64, 32]],
  ['bad-config', tiny, 'num_encoder_blocks', [1, 3, 3, 0]],
  ['bad-config', tiny, 'scaling_factor', Number.POSITIVE_INFINITY],
];

describe('what parseAutoencoder refuses', () => {
  for (const [code, config, key, value] of REFUSED) {
    it(`${key} ${JSON.stringify(value)} of ${config._class_name}`, () => {
      const named = key === 'block_out_channels' ? /block_out_channels/ : new RegExp(`config.json: ${key} `);
      expect(() => parseAutoencoder({ ...config, [key]: value }))
        .to.throw(CheckpointError, named)
        .with.property('code', code);
    });
  }

  it('halves of a tiny autoencoder that do not have as many levels', () => {
    const half = { num_decoder_blocks: [1, 1, 1], decoder_block_out_channels: [8, 8, 8] };
    expect(() => parseAutoencoder({ ...tiny, ...half }))
      .to.throw(CheckpointError, 'num_decoder_blocks')
      .with.property('code', 'bad-config');
  });
});

/** The parameters of each class in diffusers 0.40, and another value than the default; null where none other is computed. */
const OF_TRUNK = {
  in_channels: null,
  out_channels: null,
  down_block_types: ['AttnDownEncoderBlock2D', 'DownEncoderBlock2D'],
  up_block_types: ['UpDecoderBlock2D', 'AttnUpDecoderBlock2D'],
  block_out_channels: [8, 32],
  layers_per_block: 2,
  act_fn: 'relu',
  latent_channels: 5,
  norm_num_groups: 2,
  sample_size: 64,
  scaling_factor: 1,
  force_upcast: true,
  mid_block_add_attention: false,
};
const PARAMETERS: readonly (readonly [config: Config, parameters: Readonly<Record<string, unknown>>])[] = [
  [
    kl,
    {
      ...OF_TRUNK,
      shift_factor: 0.1,
      latents_mean: null,
      latents_std: null,
      use_quant_conv: false,
      use_post_quant_conv: false,
    },
  ],
  [vq, { ...OF_TRUNK, num_vq_embeddings: 100, vq_embed_dim: 2, norm_type: null, lookup_from_codebook: true }],
  [
    tiny,
    {
      in_channels: null,
      out_channels: null,
      encoder_block_out_channels: [32, 32, 32, 32],
      decoder_block_out_channels: [32, 32, 32, 32],
      act_fn: 'silu',
      upsample_fn: null,
      latent_channels: 16,
      upsampling_scaling_factor: null,
      num_encoder_blocks: [1, 1, 1, 1],
      num_decoder_blocks: [1, 1, 1, 1],
      latent_magnitude: 4,
      latent_shift: 0.4,
      force_upcast: true,
      scaling_factor: 2,
      shift_factor: 0.1,
    },
  ],
];
/** Of no meaning for an answer in float32 from images and latents; the code says what each is about. */
const HARMLESS = ['force_upcast', 'lookup_from_codebook', 'latent_magnitude', 'latent_shift'];
/** Seen in what is computed, and not in names and shapes. */
const IN_NUMBERS = ['act_fn', 'norm_num_groups'];

describe('every parameter of an autoencoder', () => {
  for (const [config, parameters] of PARAMETERS) {
    for (const [key, value] of Object.entries(parameters)) {
      if (value === null || IN_NUMBERS.includes(key)) continue;
      it(`counts, or is known to change nothing: ${key} of ${config._class_name}`, () => {
        const changed = meaning({ ...config, [key]: value });
        if (HARMLESS.includes(key)) expect(changed).to.deep.equal(meaning(config));
        else expect(changed).to.not.deep.equal(meaning(config));
      });
    }
  }
});

describe('autoencoderWeights', () => {
  const autoencoder = parseAutoencoder(kl);
  const shapes = shapesOf(kl);
  const checkpoint = () => formulaWeights(new Map([...shapes.decoder, ...shapes.encoder]));

  it('divides a checkpoint between both halves', () => {
    const { encoder, decoder } = autoencoderWeights(autoencoder, checkpoint());
    expect([...encoder.keys()]).to.deep.equal([...shapes.encoder.keys()]);
    expect([...decoder.keys()]).to.deep.equal([...shapes.decoder.keys()]);
  });

  it('uses it up exactly', () => {
    const more = checkpoint().set('loss.logvar', { shape: [], data: new Float32Array(1) });
    expect(() => autoencoderWeights(autoencoder, more)).to.throw(CheckpointError, 'loss.logvar');
    const less = checkpoint();
    less.delete('post_quant_conv.bias');
    expect(() => autoencoderWeights(autoencoder, less)).to.throw(CheckpointError, 'post_quant_conv.bias');
  });
});
