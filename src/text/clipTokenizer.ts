import type { SpecialTokens } from './specialTokens.ts';
import type { Tables } from './tables.ts';

/** Words of CLIP: an English ending, letters, one digit, or whatever else stands together. */
const WORDS = String.raw`'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+`;

/**
 * What a `tokenizer.json` would say of CLIP's way from a vocabulary and merges: composed characters, single spaces,
 * small letters; words; their bytes; byte pairs, where the last one of a word is marked with `</w>`; start and end.
 *
 * @see Radford et al. 2021, arXiv:2103.00020, section 2.4.
 */
export const clipTokenizerJson = (
  { vocab, merges }: Tables,
  { start, end, unknown, added }: SpecialTokens,
): object => ({
  added_tokens: added,
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'NFC' },
      { type: 'Replace', pattern: { Regex: String.raw`\s+` }, content: ' ' },
      { type: 'Lowercase' },
    ],
  },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true },
      { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
    ],
  },
  post_processor: { type: 'RobertaProcessing', cls: [start.content, start.id], sep: [end.content, end.id] },
  decoder: null,
  model: { type: 'BPE', unk_token: unknown.content, end_of_word_suffix: '</w>', vocab, merges },
});
