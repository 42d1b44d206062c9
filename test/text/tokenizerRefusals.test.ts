import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { rejection } from '../support/scratch.ts';
import { type Files, type Form, json, openParts } from './tokenizerParts.ts';

const config = json('tokenizer_config.json');
const vocab = json('vocab.json');
const whole = json('tokenizer.json', 'whole');
const configWith = (change: object): Files => ({ 'tokenizer_config.json': { ...config, ...change } });
const wholeWith = (change: object): Files => ({ 'tokenizer.json': { ...whole, ...change } });
const modelWith = (change: object): Files => wholeWith({ model: { ...whole.model, ...change } });

const PARTS: readonly (readonly [title: string, files: Files, message: RegExp])[] = [
  ['JSON that is cut off', { 'vocab.json': '{"a": 1,' }, /small\/vocab\.json is not JSON/],
  ['a config that is a list', { 'tokenizer_config.json': [] }, /tokenizer_config\.json must be a JSON object/],
  ['special tokens that are no JSON', { 'special_tokens_map.json': 'x' }, /special_tokens_map\.json is not JSON/],
  ['a vocabulary with a word for an id', { 'vocab.json': { ...vocab, a: 'one' } }, /whole number for every token/],
  ['a vocabulary with half an id', { 'vocab.json': { ...vocab, a: 1.5 } }, /whole number for every token/],
  ['a line of three tokens', { 'merges.txt': '#version: 0.2\np h\na b c\n' }, /merge 2, "a b c", is not two tokens/],
  ['a line of one token', { 'merges.txt': '#version: 0.2\nph\n' }, /merge 1, "ph", is not two tokens/],
  ['an empty line', { 'merges.txt': '#version: 0.2\n\np h\n' }, /merge 1, "", is not two tokens/],
  ['a merge of a strange token', { 'merges.txt': 'p q\n' }, /merge 1, "p q", needs the token "pq"/],
  ['merges that are no text', { 'merges.txt': Uint8Array.of(0xff, 0xfe) }, /merges\.txt is no text in UTF-8/],
  ['another class', configWith({ tokenizer_class: 'T5Tokenizer' }), /tokenizer_class "T5Tokenizer" .* CLIPTokenizer/],
  ['padding to the left', configWith({ padding_side: 'left' }), /padding_side "left" .* "right"/],
  ['cutting at the left', configWith({ truncation_side: 'left' }), /truncation_side "left" .* "right"/],
  ['special tokens that are split', configWith({ split_special_tokens: true }), /split_special_tokens true .* false/],
  ['no length', configWith({ model_max_length: undefined }), /model_max_length must be .* 77 for CLIP, got undefined/],
  ['a length that stands for none', configWith({ model_max_length: 1e30 }), /model_max_length .* got 1e\+30/],
  ['a length without room for an end', configWith({ model_max_length: 1 }), /model_max_length .* got 1;/],
  ['padding by nothing', { 'special_tokens_map.json': { pad_token: null } }, /special token null must be a text/],
  [
    'padding by an unknown token',
    { 'special_tokens_map.json': { pad_token: '[PAD]' } },
    /"\[PAD\]" is not in the vocabulary/,
  ],
  ['a token with two ids', { 'added_tokens.json': { '!': 7 } }, /"!" has the id 7, but 0 in the vocabulary/],
  ['an added token without an id', { 'added_tokens.json': { '<x>': 'y' } }, /"<x>" is not in the vocabulary/],
];

const WHOLE: typeof PARTS = [
  ['another model', modelWith({ type: 'Unigram' }), /model must be BPE.* got "Unigram"/],
  ['no model', wholeWith({ model: null }), /whole number for every token/],
  ['merges that are no list', modelWith({ merges: 'a b' }), /merges must be a list/],
  ['no vocabulary', modelWith({ vocab: undefined }), /whole number for every token/],
  ['a merge of a strange token', modelWith({ merges: [['p', 'q']] }), /merge 1, \["p","q"\], needs the token "pq"/],
  [
    'no start and end',
    wholeWith({ post_processor: null }),
    /empty text must give start and end, 537 and 538, not \[\]/,
  ],
  ['a part that nobody knows', wholeWith({ normalizer: { type: 'Unheard' } }), /Unheard/],
  ['a missing part', wholeWith({ decoder: undefined }), /decoder/],
];

describe('a broken tokenizer', () => {
  for (const [form, cases] of Object.entries({ parts: PARTS, whole: WHOLE })) {
    it(`has cases: ${form}`, () => expect(cases).to.not.be.empty);

    for (const [title, files, message] of cases) {
      it(`is refused in a line: ${form}, ${title}`, async () => {
        const error = await rejection(openParts(files, '', form as Form));
        expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'bad-tokenizer');
        expect(error.message).to.match(message).and.to.not.include('\n');
      });
    }
  }
});

describe('a tokenizer without its files', () => {
  for (const [title, files, message] of [
    [
      'all of them',
      { 'vocab.json': null, 'merges.txt': null },
      /small holds no tokenizer; looked for: tokenizer\.json, or vocab\.json with merges\.txt/,
    ],
    ['the merges', { 'merges.txt': null }, /beside small\/tokenizer\/vocab\.json there is no merges\.txt/],
    [
      'its config',
      { 'tokenizer_config.json': null },
      /beside small\/tokenizer\/vocab\.json there is no tokenizer_config\.json/,
    ],
  ] as const) {
    it(`names what is missing: ${title}`, async () => {
      const error = await rejection(openParts(files, 'tokenizer/'));
      expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'no-tokenizer');
      expect(error.message).to.match(message).and.to.not.include('\n');
    });
  }
});
