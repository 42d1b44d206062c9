import { shown } from '../checks.ts';
import { isCount } from '../errors.ts';
import type { Json } from '../networks/configFields.ts';
import { badTokenizer } from './tables.ts';

/** The files of a tokenizer, read: `tokenizer.json`, or vocabulary and merges, and what lies beside it. */
export type TokenizerSource = {
  /** Their folder, for messages. */
  readonly where: string;
  readonly config: Json;
  readonly specialTokens?: Json;
  readonly addedTokens?: Json;
  readonly tables: { readonly tokenizer: Json } | { readonly vocab: Json; readonly merges: string };
};

const CLASSES: readonly unknown[] = ['CLIPTokenizer', 'CLIPTokenizerFast', undefined];
/** More is how a config says that it does not know. */
const MOST_TOKENS = 100_000;
/** Options that would give other tokens, with the one value that is supported. */
const ONLY = { padding_side: 'right', truncation_side: 'right', split_special_tokens: false };

/**
 * How many tokens a padded row has, by a config of which everything that counts is supported.
 *
 * @throws CheckpointError `bad-tokenizer`.
 */
export const rowLength = ({ where, config }: TokenizerSource): number => {
  const file = `${where}/tokenizer_config.json`;
  const name = config['tokenizer_class'];
  if (!CLASSES.includes(name)) {
    throw badTokenizer(file, `tokenizer_class ${shown(name)} is not supported; supported: CLIPTokenizer`);
  }
  for (const [key, value] of Object.entries(ONLY)) {
    if (config[key] === undefined || config[key] === value) continue;
    throw badTokenizer(file, `${key} ${shown(config[key])} is not supported; supported: ${shown(value)}`);
  }
  const length = config['model_max_length'];
  if (isCount(length, 2) && length <= MOST_TOKENS) return length;
  const rule = 'the number of positions of the text encoder, 77 for CLIP';
  throw badTokenizer(file, `model_max_length must be ${rule}, got ${shown(length)}; write it there`);
};
