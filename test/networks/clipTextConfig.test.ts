import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { parseClipTextConfig } from '../../src/networks/clipTextConfig.ts';

const plain = { model_type: 'clip_text_model', architectures: ['CLIPTextModel'] };

/** As a version of transformers of 2022 wrote it: how a language model would make texts, and the wrong end token. */
const STABLE_DIFFUSION_1 = {
  ...{ _name_or_path: 'openai/clip-vit-large-patch14', architectures: ['CLIPTextModel'], attention_dropout: 0.0 },
  ...{ bos_token_id: 0, dropout: 0.0, eos_token_id: 2, hidden_act: 'quick_gelu', hidden_size: 768 },
  ...{ initializer_factor: 1.0, initializer_range: 0.02, intermediate_size: 3072, layer_norm_eps: 1e-5 },
  ...{ max_position_embeddings: 77, model_type: 'clip_text_model', num_attention_heads: 12, num_hidden_layers: 12 },
  ...{
    pad_token_id: 1,
    projection_dim: 768,
    torch_dtype: 'float32',
    transformers_version: '4.22.0',
    vocab_size: 49408,
  },
  ...{ top_k: 50, max_length: 20, id2label: { 0: 'LABEL_0' }, pruned_heads: {}, is_decoder: false, prefix: null },
};

describe('parseClipTextConfig', () => {
  it('gives an empty config the defaults of transformers', () => {
    expect(parseClipTextConfig({})).to.deep.equal({
      vocabSize: 49408,
      positions: 77,
      width: 512,
      intermediateSize: 2048,
      layers: 12,
      heads: 8,
      activation: 'quick-gelu',
      normEpsilon: 1e-5,
      endToken: 49407,
      projection: null,
    });
  });

  it('reads the config of Stable Diffusion 1, whose end token is wrong', () => {
    const config = parseClipTextConfig(STABLE_DIFFUSION_1);
    expect(config).to.include({ width: 768, heads: 12, layers: 12, intermediateSize: 3072, projection: null });
    expect(config.endToken).to.equal('largest');
  });

  it('keeps the size of a projection where the model has one', () => {
    const architectures = ['CLIPTextModelWithProjection'];
    expect(parseClipTextConfig({ ...plain, architectures, projection_dim: 1280 }).projection).to.equal(1280);
    expect(parseClipTextConfig({ ...plain, architectures }).projection).to.equal(512);
  });

  for (const key of ['initializer_range', 'temperature', 'torch_dtype', 'bos_token_id', 'chunk_size_feed_forward']) {
    it(`passes over ${key}, which changes no number`, () => {
      expect(parseClipTextConfig({ ...plain, [key]: 1 })).to.deep.equal(parseClipTextConfig(plain));
    });
  }
});

/** The parameters of `CLIPTextConfig` that count, and another value than the default for each. */
const COUNTING = {
  ...{ vocab_size: 100, hidden_size: 64, intermediate_size: 100, num_hidden_layers: 3, num_attention_heads: 4 },
  ...{ max_position_embeddings: 20, hidden_act: 'gelu', layer_norm_eps: 1e-6, eos_token_id: 7 },
};

describe('every parameter of a CLIPTextConfig', () => {
  it('is known', () => expect(Object.keys(COUNTING)).to.have.length(9));

  for (const [key, value] of Object.entries(COUNTING)) {
    it(`counts: ${key}`, () => {
      expect(parseClipTextConfig({ ...plain, [key]: value })).to.not.deep.equal(parseClipTextConfig(plain));
    });
  }
});

const REFUSED: readonly (readonly [code: string, key: string, value: unknown])[] = [
  ['unsupported-config', 'model_type', 'clip'],
  ['unsupported-config', 'model_type', 't5'],
  ['unsupported-config', 'architectures', ['T5EncoderModel']],
  ['unsupported-config', 'hidden_act', 'gelu_new'],
  ['unsupported-config', 'quantization_config', { load_in_8bit: true }],
  ['unsupported-config', 'is_decoder', true],
  ['unsupported-config', 'rope_theta', 10000],
  ['bad-config', 'architectures', 'CLIPTextModel'],
  ['bad-config', 'vocab_size', 0],
  ['bad-config', 'hidden_size', null],
  ['bad-config', 'intermediate_size', '2048'],
  ['bad-config', 'num_hidden_layers', 1.5],
  ['bad-config', 'num_attention_heads', 7],
  ['bad-config', 'max_position_embeddings', -1],
  ['bad-config', 'hidden_act', null],
  ['bad-config', 'layer_norm_eps', 0],
  ['bad-config', 'layer_norm_eps', Number.POSITIVE_INFINITY],
  ['bad-config', 'eos_token_id', null],
  ['bad-config', 'eos_token_id', [49407]],
  ['bad-config', 'eos_token_id', -1],
];

describe('what parseClipTextConfig refuses', () => {
  for (const [code, key, value] of REFUSED) {
    it(`${key} ${JSON.stringify(value)} by name`, () => {
      expect(() => parseClipTextConfig({ ...plain, [key]: value }))
        .to.throw(CheckpointError, new RegExp(`^config.json: ${key} .*`))
        .with.property('code', code);
    });
  }

  it('a projection without a size', () => {
    const json = { ...plain, architectures: ['CLIPTextModelWithProjection'], projection_dim: null };
    expect(() => parseClipTextConfig(json))
      .to.throw(CheckpointError, /projection_dim/)
      .with.property('code', 'bad-config');
  });

  it('a whole CLIPModel, and says what to save instead', () => {
    expect(() => parseClipTextConfig({ model_type: 'clip', text_config: {}, vision_config: {} }))
      .to.throw(CheckpointError, /model_type "clip" .* whole CLIPModel: save its text_model by itself/)
      .with.property('code', 'unsupported-config');
  });
});
