import { isCount } from '../errors.ts';
import type { Json } from '../networks/configFields.ts';
import { badTokenizer } from './tables.ts';

/** A token that is found in a text as it stands, before the text is split; the fields are those of `tokenizer.json`. */
export type AddedToken = {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Whether it is looked for in the normalised text, which has no capitals. */
  readonly normalized: boolean;
  readonly special: true;
};

/** The tokens of a text's frame, and all that count as added. */
export type SpecialTokens = {
  readonly start: AddedToken;
  readonly end: AddedToken;
  readonly unknown: AddedToken;
  readonly padding: AddedToken;
  readonly added: readonly AddedToken[];
};

/** Where the names of special tokens are read from. */
export type TokenSources = {
  readonly where: string;
  readonly config: Json;
  readonly specialTokens?: Json;
  readonly addedTokens?: Json;
  /** Of `tokenizer.json`. */
  readonly added: readonly unknown[];
  readonly vocab: Readonly<Record<string, number>>;
};

/** What a CLIPTokenizer takes where nothing is said. */
const ROLES = {
  start: ['bos_token', '<|startoftext|>'],
  end: ['eos_token', '<|endoftext|>'],
  unknown: ['unk_token', '<|endoftext|>'],
  padding: ['pad_token', '<|endoftext|>'],
} as const;

const LISTS = ['additional_special_tokens', 'extra_special_tokens'];

/**
 * Finds the special tokens in all places where versions of transformers have put them. The first that describes a token
 * counts: `tokenizer.json`, then `added_tokens_decoder` of `tokenizer_config.json`, then `added_tokens.json`, then the
 * names. The names of `special_tokens_map.json` go before those of the config that has no `added_tokens_decoder`.
 *
 * @throws CheckpointError `bad-tokenizer`.
 */
export const findSpecialTokens = (sources: TokenSources): SpecialTokens => {
  const { config, specialTokens = {}, addedTokens = {} } = sources;
  const decoder = config['added_tokens_decoder'];
  const names = decoder === undefined ? { ...config, ...specialTokens } : config;
  const known = new Map<string, AddedToken>();
  const add = (given: unknown, id: unknown, isNormalized: boolean): AddedToken => {
    const token = addedToken(sources, given, id, isNormalized);
    const first = known.get(token.content) ?? token;
    known.set(token.content, first);
    return first;
  };
  for (const token of sources.added) add(token, (token as Json | null)?.['id'], false);
  for (const [id, token] of Object.entries(decoder ?? {})) add(token, Number(id), false);
  for (const [content, id] of Object.entries(addedTokens)) add(content, id, false);
  const named = (given: unknown, isNormalized: boolean): AddedToken => {
    const content = typeof given === 'string' ? given : (given as Json | null)?.['content'];
    return add(given, known.get(String(content))?.id ?? idOf(sources, content), isNormalized);
  };
  const inRole = (role: keyof typeof ROLES): AddedToken => {
    const [key, fallback] = ROLES[role];
    return named(names[key] === undefined ? fallback : names[key], role !== 'padding');
  };
  const frame = { start: inRole('start'), end: inRole('end'), unknown: inRole('unknown'), padding: inRole('padding') };
  for (const list of LISTS) for (const token of Object.values(names[list] ?? {})) named(token, false);
  return { ...frame, added: [...known.values()] };
};

const idOf = ({ vocab }: TokenSources, content: unknown): number | undefined =>
  typeof content === 'string' && Object.hasOwn(vocab, content) ? vocab[content] : undefined;

const addedToken = (sources: TokenSources, given: unknown, id: unknown, isNormalized: boolean): AddedToken => {
  const fields: Json = typeof given === 'string' ? { content: given } : { ...(given as Json | null) };
  const { content } = fields;
  const named = `the special token ${JSON.stringify(content ?? given)}`;
  if (typeof content !== 'string' || content === '') {
    throw badTokenizer(sources.where, `${named} must be a text, or an object with its content`);
  }
  const inVocab = idOf(sources, content);
  if (!isCount(id, 0)) throw badTokenizer(sources.where, `${named} is not in the vocabulary`);
  if (inVocab !== undefined && inVocab !== id) {
    throw badTokenizer(sources.where, `${named} has the id ${id}, but ${inVocab} in the vocabulary`);
  }
  const flag = (key: string): boolean => fields[key] === true;
  const normalized = typeof fields['normalized'] === 'boolean' ? fields['normalized'] : isNormalized;
  const strips = { lstrip: flag('lstrip'), rstrip: flag('rstrip'), single_word: flag('single_word') };
  return { id, content, ...strips, normalized, special: true };
};
