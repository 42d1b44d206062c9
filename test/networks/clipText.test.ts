import { expect } from 'chai';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import { clipText } from '../../src/networks/clipText.ts';
import { parseClipTextConfig } from '../../src/networks/clipTextConfig.ts';
import { checkIds, endOfText } from '../../src/networks/clipTextIds.ts';
import { clipTextWeights } from '../../src/networks/clipTextWeights.ts';
import { matchWeights } from '../../src/networks/matchWeights.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { saidWhile } from '../support/said.ts';

const small = {
  ...{ hidden_size: 8, intermediate_size: 12, num_hidden_layers: 3, num_attention_heads: 2 },
  ...{ vocab_size: 20, max_position_embeddings: 5, eos_token_id: 19 },
};
const config = parseClipTextConfig(small);

describe('clipText', () => {
  it('says what it takes and gives', () => {
    const { inputs, outputs } = clipText(config);
    expect(inputs).to.deep.equal({ ids: { kind: 'indices' } });
    expect(outputs).to.deep.equal(['lastHiddenState', 'penultimateHiddenState']);
  });

  it('takes every parameter of a checkpoint, whichever layers are left out', () => {
    const shapes = parameterShapes(clipText(config));
    expect(shapes.size).to.equal(2 + 3 * 16 + 2);
    expect(shapes.get('text_model.encoder.layers.2.mlp.fc1.weight')).to.deep.equal([12, 8]);
    expect(parameterShapes(clipText(config, { clipSkip: 2 }))).to.deep.equal(shapes);
  });

  it('leaves out some layers at the end, but never all', () => {
    for (const clipSkip of [3, -1, 0.5, '1' as unknown as number]) {
      expect(() => clipText(config, { clipSkip }))
        .to.throw(ArgumentError, /clipSkip must be a whole number from 0 to 2/)
        .with.property('code', 'bad-clip-skip');
    }
  });
});

describe('the weights of a text encoder', () => {
  const shapes = parameterShapes(clipText(config));
  const weights = new Map([...shapes].map(([name, shape]) => [name, { shape }]));
  const bare = new Map([...weights].map(([name, weight]) => [name.slice('text_model.'.length), weight]));
  const counting = { shape: [1, 5] };

  it('are found under the names of any version of transformers, what only counts left out', () => {
    for (const given of [
      weights,
      new Map([...weights, ['text_model.embeddings.position_ids', counting]]),
      bare,
      new Map([...bare, ['embeddings.position_ids', counting]]),
    ]) {
      expect(matchWeights(shapes, clipTextWeights(given, config))).to.deep.equal(weights);
    }
  });

  it('may have a projection beside them where the config has one; that it is not used is said', async () => {
    const given = new Map([...weights, ['text_projection.weight', { shape: [4, 8] }]]);
    const projected = parseClipTextConfig({
      ...small,
      architectures: ['CLIPTextModelWithProjection'],
      projection_dim: 4,
    });
    const said = await saidWhile(() => {
      expect(matchWeights(shapes, clipTextWeights(given, projected))).to.deep.equal(weights);
    });
    expect(said.join()).to.match(/text_projection\.weight of the text encoder is not used/);
    expect(() => matchWeights(shapes, clipTextWeights(given, config)))
      .to.throw(CheckpointError, /text_projection/)
      .with.property('code', 'unexpected-tensor');
  });
});

describe('the end of a text', () => {
  const old = parseClipTextConfig({ ...small, eos_token_id: 2 });

  it('is the first end token', () => {
    expect(endOfText([0, 3, 19, 19, 19], config)).to.equal(2);
    expect(endOfText([19, 3, 19], config)).to.equal(0);
  });

  it('is the largest id where the config is old, even above the end token', () => {
    expect(endOfText([0, 19, 3, 19], old)).to.equal(1);
    expect(endOfText([0, 2, 3, 1], old)).to.equal(2);
  });

  it('must be there', () => {
    expect(() => endOfText([0, 3], config))
      .to.throw(ArgumentError, /end token 19/)
      .with.property('code', 'bad-tokens');
  });
});

describe('ids', () => {
  it('are rows of one length of the vocabulary', () => {
    checkIds([[0, 19]], config);
    checkIds([Int32Array.of(0, 1, 2, 3, 19), [19, 19, 19, 19, 19]], config);
  });

  for (const [title, rows, message] of [
    ['no rows', [], /1 to 5 tokens, got 0/],
    ['empty rows', [[]], /1 to 5 tokens, got 0/],
    ['more than there are positions', [[0, 1, 2, 3, 4, 19]], /1 to 5 tokens, got 6/],
    ['rows of different lengths', [[0, 19], [0]], /one length, got 2 and 1/],
    ['an id that is too large', [[0, 20]], /from 0 to 19, got 20; is the tokenizer of another model/],
    ['an id below 0', [[0, -1]], /from 0 to 19, got -1/],
    ['half an id', [[0.5, 19]], /from 0 to 19, got 0\.5/],
  ] as const) {
    it(`are refused: ${title}`, () => {
      expect(() => checkIds(rows, config))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-tokens');
    });
  }
});
