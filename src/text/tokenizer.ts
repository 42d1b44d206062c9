import { Tokenizer as Library } from '@huggingface/tokenizers';
import { shown } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import type { Json } from '../networks/configFields.ts';
import { warnOnce } from '../warn.ts';
import { clipTokenizerJson } from './clipTokenizer.ts';
import { findSpecialTokens } from './specialTokens.ts';
import { badTokenizer, checkTables, mergeLines } from './tables.ts';
import { rowLength, type TokenizerSource } from './tokenizerConfig.ts';

/** Turns texts into tokens, as CLIP's text encoders were trained on them. */
export type Tokenizer = {
  /** How many tokens a padded row has. */
  readonly length: number;
  /** Every id is below this; a text encoder must know as many. */
  readonly vocabSize: number;
  /**
   * The ids of a text's tokens, with start and end, not cut.
   *
   * @throws ArgumentError `bad-text` for something that is no text.
   */
  encode(text: string): readonly number[];
  /**
   * The ids cut to `length`, the end kept, or padded to it.
   *
   * @throws ArgumentError `bad-tokens` unless the ids have start and end.
   */
  pad(ids: readonly number[]): readonly number[];
};

/**
 * A tokenizer from its files.
 *
 * @throws CheckpointError `bad-tokenizer` for another class than CLIP's, another model than byte pairs, a damaged
 * vocabulary or damaged merges, a special token that is not in the vocabulary, or an option that is not supported.
 */
export const makeTokenizer = (source: TokenizerSource): Tokenizer => {
  const { where } = source;
  const length = rowLength(source);
  const { json, start, end, padding, added, vocab } = resolve(source);
  const library = build(where, json);
  const encode = (text: string): readonly number[] => {
    if (typeof text !== 'string') throw new ArgumentError('bad-text', `a text must be a string, got ${shown(text)}`);
    return library.encode(text).ids;
  };
  const empty = encode('');
  if (empty.join() !== `${start.id},${end.id}`) {
    throw badTokenizer(where, `an empty text must give start and end, ${start.id} and ${end.id}, not [${empty}]`);
  }
  return {
    length,
    vocabSize: 1 + [...Object.values(vocab), ...added.map(({ id }) => id)].reduce((a, b) => Math.max(a, b)),
    encode,
    pad: (ids) => {
      if (ids.length < 2 || ids[0] !== start.id || ids.at(-1) !== end.id) {
        const rule = `ids must begin with ${start.id} and end with ${end.id}, as encode gives them`;
        throw new ArgumentError('bad-tokens', `${rule}; got ${shown(ids)}`);
      }
      if (ids.length > length) return [...ids.slice(0, length - 1), end.id];
      return [...ids, ...Array<number>(length - ids.length).fill(padding.id)];
    },
  };
};

/**
 * The padded row of a prompt. One that is too long is cut, and that is said, once for each text.
 *
 * @returns `tokenizer.length` ids.
 * @throws ArgumentError `bad-text`.
 */
export const promptRow = (tokenizer: Tokenizer, prompt: string): readonly number[] => {
  const ids = tokenizer.encode(prompt);
  const { length } = tokenizer;
  if (ids.length > length) {
    const rule = `has ${ids.length} tokens, and the text encoder takes ${length}`;
    warnOnce(`the prompt ${shown(prompt)} ${rule}, start and end among them: the rest of it is cut off`);
  }
  return tokenizer.pad(ids);
};

/** What the library is to be made of, and the tokens of a row's frame. */
const resolve = (source: TokenizerSource) => {
  const { where, tables } = source;
  if ('merges' in tables) {
    const checked = checkTables(where, { vocab: tables.vocab, merges: mergeLines(tables.merges) });
    const tokens = findSpecialTokens({ ...source, added: [], vocab: checked.vocab });
    return { ...tokens, vocab: checked.vocab, json: clipTokenizerJson(checked, tokens) };
  }
  const { model, added_tokens: added } = tables.tokenizer;
  const { type = 'BPE', vocab, merges } = { ...(model as Json | null) }; // OpenAI's own says none
  if (type !== 'BPE') {
    throw badTokenizer(`${where}/tokenizer.json`, `its model must be BPE, as that of CLIP is, got ${shown(type)}`);
  }
  const checked = checkTables(where, { vocab, merges });
  const tokens = findSpecialTokens({ ...source, added: Array.isArray(added) ? added : [], vocab: checked.vocab });
  return {
    ...tokens,
    vocab: checked.vocab,
    json: { ...tables.tokenizer, model: { ...(model as Json), type }, added_tokens: tokens.added },
  };
};

const build = (where: string, json: object): Library => {
  try {
    const library = new Library(json, {});
    library.encode('a 1 !'); // a part that does not work shows only in use
    return library;
  } catch (cause) {
    throw badTokenizer(`${where}/tokenizer.json`, cause instanceof Error ? cause.message : String(cause), cause);
  }
};
