import * as fields from './configFields.ts';
import { badConfig, type Json, meaningOf, unsupportedConfig } from './configFields.ts';
import type { Activation } from './ops.ts';

/** What a `CLIPTextModel` computes: its `config.json` with defaults filled in and names resolved. */
export type ClipTextConfig = {
  /** Ids are below this. */
  readonly vocabSize: number;
  /** The most tokens that a row may have. */
  readonly positions: number;
  /** Channels of a token. */
  readonly width: number;
  /** Channels between the two linear maps of a layer. */
  readonly intermediateSize: number;
  readonly layers: number;
  /** Of every attention; they divide the width. */
  readonly heads: number;
  readonly activation: Activation;
  readonly normEpsilon: number;
  /** The id that ends a text; `largest` for old configs, where the largest id of a row stands at its end. */
  readonly endToken: number | 'largest';
  /** Channels of the projection after the pooled token; null where there is none. */
  readonly projection: number | null;
};

const COMPUTES =
  'vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads max_position_embeddings hidden_act ' +
  'layer_norm_eps eos_token_id projection_dim model_type architectures';
const OF_TRAINING =
  'dropout attention_dropout initializer_range initializer_factor gradient_checkpointing tie_word_embeddings ' +
  'problem_type finetuning_task num_labels id2label label2id torchscript tf_legacy_loss';
const OF_STORAGE = 'transformers_version torch_dtype dtype use_bfloat16';
/** What the Python interface returns, and in which parts it computes. */
const OF_CALLS = 'return_dict output_hidden_states output_attentions use_cache chunk_size_feed_forward';
/** The tokenizer says them; the network pools by the end token alone. */
const OF_TOKENS = 'bos_token_id pad_token_id sep_token_id decoder_start_token_id tokenizer_class prefix';
/** Older versions wrote into every config how a language model would make texts. */
const OF_GENERATION =
  'max_length min_length do_sample early_stopping num_beams num_beam_groups diversity_penalty temperature top_k top_p ' +
  'typical_p repetition_penalty length_penalty no_repeat_ngram_size encoder_no_repeat_ngram_size bad_words_ids ' +
  'num_return_sequences output_scores return_dict_in_generate forced_bos_token_id forced_eos_token_id ' +
  'remove_invalid_values exponential_decay_length_penalty suppress_tokens begin_suppress_tokens task_specific_params';
const KNOWN = new Set(
  [COMPUTES, OF_TRAINING, OF_STORAGE, OF_CALLS, OF_TOKENS, OF_GENERATION].flatMap((keys) => keys.split(' ')),
);

const ACTIVATIONS: Record<string, Activation> = { quick_gelu: 'quick-gelu', gelu: 'gelu' };
const ARCHITECTURES = { CLIPTextModel: false, CLIPTextModelWithProjection: true };
/** What transformers wrote as the end token before version 4.31, whatever it was. */
const WRONG_END = 2;

/**
 * Reads the `config.json` of a `CLIPTextModel`, or of a `CLIPTextModelWithProjection`, of transformers; absent keys have
 * the defaults of its constructor.
 *
 * @throws CheckpointError `bad-config` for a value of the wrong kind; `unsupported-config` for another model, the parts
 * of a whole `CLIPModel`, and unknown keys. The message names the key.
 */
export const parseClipTextConfig = (json: Json): ClipTextConfig => {
  const hasProjection = isProjected(json);
  refuseForeignKeys(json);
  const width = fields.countField(json, 'hidden_size', 512);
  const heads = fields.countField(json, 'num_attention_heads', 8);
  if (width % heads !== 0) throw badConfig('num_attention_heads', heads, `a divisor of hidden_size (${width})`);
  const normEpsilon = fields.numberField(json, 'layer_norm_eps', 1e-5);
  if (normEpsilon <= 0) throw badConfig('layer_norm_eps', normEpsilon, 'above 0');
  return {
    vocabSize: fields.countField(json, 'vocab_size', 49408),
    positions: fields.countField(json, 'max_position_embeddings', 77),
    width,
    intermediateSize: fields.countField(json, 'intermediate_size', 2048),
    layers: fields.countField(json, 'num_hidden_layers', 12),
    heads,
    activation: fields.choiceField(json, 'hidden_act', ACTIVATIONS, 'quick_gelu'),
    normEpsilon,
    endToken: endToken(json),
    projection: hasProjection ? fields.countField(json, 'projection_dim', 512) : null,
  };
};

const endToken = (json: Json): number | 'largest' => {
  const value = fields.field(json, 'eos_token_id', 49407);
  if (value === WRONG_END) return 'largest';
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw badConfig('eos_token_id', value, 'a whole number of at least 0');
};

const isProjected = (json: Json): boolean => {
  if (json['text_config'] !== undefined) {
    const remedy = 'this is a whole CLIPModel: save its text_model by itself, as a CLIPTextModel';
    throw unsupportedConfig('model_type', json['model_type'] ?? null, remedy);
  }
  meaningOf({ clip_text_model: true }, 'model_type', fields.field(json, 'model_type', 'clip_text_model'));
  const names = fields.textsField(json, 'architectures', ['CLIPTextModel']);
  return names.map((name) => meaningOf(ARCHITECTURES, 'architectures', name)).some((is) => is);
};

const refuseForeignKeys = (json: Json): void => {
  for (const [key, value] of Object.entries(json)) {
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    const isSilent = key.startsWith('_') || value === null || value === false || isEmpty; // an option not in use
    if (isSilent || KNOWN.has(key)) continue;
    throw unsupportedConfig(key, value, 'a CLIPTextModel has no such option; remove it if it changes no number');
  }
};
