import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readTokenizerFiles } from '../../src/checkpoints/tokenizerFiles.ts';
import { ArgumentError } from '../../src/errors.ts';
import { openFolder } from '../../src/node/folder.ts';
import { makeTokenizer, promptRow, type Tokenizer } from '../../src/text/tokenizer.ts';
import { saidWhile } from '../support/said.ts';
import { describeShared, root, shared } from '../support/shared.ts';
import { json, openParts } from './tokenizerParts.ts';

type Case = { readonly text: string; readonly ids: readonly number[]; readonly padded: readonly number[] };

const fixtures = join(root, 'test/fixtures/text');
const open = async (path: string): Promise<Tokenizer> =>
  makeTokenizer(await readTokenizerFiles(await openFolder(path)));
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

const itAgrees = (folder: string, cases: readonly Case[]): void => {
  it('knows some texts', () => expect(cases).to.have.length.above(20));

  it('gives the tokens of each text, with start and end', async () => {
    const tokenizer = await open(folder);
    for (const { text, ids } of cases) expect(tokenizer.encode(text), text).to.deep.equal(ids);
  });

  it('cuts and pads them', async () => {
    const tokenizer = await open(folder);
    for (const { text, ids, padded } of cases) expect(tokenizer.pad(ids), text).to.deep.equal(padded);
  });
};

// transformers 5.18; see make_tokenizers.py
describe('a tokenizer as transformers computes it', () => {
  const cases: Readonly<Record<string, readonly Case[]>> = read(join(fixtures, 'cases.json'));
  for (const name of ['parts', 'whole']) describe(name, () => itAgrees(join(fixtures, name), cases[name] ?? []));
});

// texts on which transformers 4.57 (slow, with and without ftfy, and fast) and 5.18 agree
describeShared('goldens of tokenizers', 'goldens/latent/clip-tokenizer', () => {
  for (const name of ['a-pad-bang', 'a-pad-eos', 'a-pad-eos-v5']) {
    const folder = shared(`goldens/latent/clip-tokenizer/${name}`);
    describe(name, () => itAgrees(folder, read(join(folder, 'cases.json')).cases));
  }
});

describe('a tokenizer', () => {
  it('knows how many tokens a row has, and how many ids there are', async () => {
    const { length, vocabSize } = await openParts({});
    expect([length, vocabSize]).to.deep.equal([16, 539]);
  });

  it('lies in the folder of a pipeline or in its own', async () => {
    const { encode } = await openParts({}, 'tokenizer/');
    expect(encode('a cat')).to.deep.equal([537, 320, 518, 538]);
  });

  it('may leave unsaid that its model is of byte pairs, as those of OpenAI do', async () => {
    const { model, ...rest } = json('tokenizer.json', 'whole');
    const { encode } = await openParts(
      { 'tokenizer.json': { ...rest, model: { ...model, type: undefined } } },
      '',
      'whole',
    );
    expect(encode('a cat')).to.deep.equal([537, 320, 518, 538]);
  });

  it('cuts a prompt aloud, once for each text, and keeps its end', async () => {
    const tokenizer = await openParts({});
    const prompt = 'a photo of the dog '.repeat(5);
    let rows: (readonly number[])[] = [];
    const said = await saidWhile(() => {
      rows = [prompt, 'a cat', prompt].map((text) => promptRow(tokenizer, text));
    });
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/the prompt "a photo of the dog a photo .*" has 27 tokens, .* takes 16/);
    expect(rows.map((row) => [row.length, row.at(-1)])).to.deep.equal([
      [16, 538],
      [16, 0],
      [16, 538],
    ]);
  });

  it('takes texts alone, and pads what has start and end', async () => {
    const { encode, pad } = await openParts({});
    expect(() => encode(5 as never))
      .to.throw(ArgumentError, /got 5/)
      .with.property('code', 'bad-text');
    for (const ids of [[], [537], [538, 537], [537, 320]]) {
      expect(() => pad(ids))
        .to.throw(ArgumentError, /begin with 537 and end with 538/)
        .with.property('code', 'bad-tokens');
    }
  });
});

describe('special tokens', () => {
  const config = json('tokenizer_config.json');

  for (const [title, files, text, ids] of [
    ['padding of special_tokens_map.json, not of the config', {}, '', [537, 538, 0]],
    ['padding of the config where nothing goes before it', { 'special_tokens_map.json': null }, '', [537, 538, 538]],
    [
      'padding of a config that describes its added tokens',
      { 'tokenizer_config.json': { ...config, added_tokens_decoder: { 537: { content: '<|startoftext|>' } } } },
      '',
      [537, 538, 538],
    ],
    [
      'names of CLIP where none are given',
      { 'special_tokens_map.json': {}, 'tokenizer_config.json': { model_max_length: 3 } },
      '',
      [537, 538, 538],
    ],
    [
      'tokens of added_tokens.json',
      { 'added_tokens.json': { '<my-cat>': 539 } },
      'a <my-cat>!',
      [537, 320, 539, 0, 538],
    ],
    [
      'tokens of added_tokens_decoder',
      {
        'tokenizer_config.json': {
          ...config,
          added_tokens_decoder: { 539: { content: '<My-Cat>', normalized: false } },
        },
      },
      'a <My-Cat>',
      [537, 320, 539, 538],
    ],
    [
      'tokens that are special by name',
      { 'tokenizer_config.json': { ...config, additional_special_tokens: ['photo</w>'] } },
      'photo</w>',
      [537, 515, 538],
    ],
  ] as const) {
    it(`are found: ${title}`, async () => {
      const tokenizer = await openParts(files);
      const encoded = tokenizer.encode(text);
      expect([...encoded, ...tokenizer.pad(encoded).slice(encoded.length)].slice(0, ids.length)).to.deep.equal(ids);
    });
  }

  it('count in the number of ids', async () => {
    expect((await openParts({ 'added_tokens.json': { '<my-cat>': 600 } })).vocabSize).to.equal(601);
  });
});
