import { expect } from 'chai';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import { checkFeeds } from '../../src/node/sessions/feeds.ts';
import { type GraphNames, graphFacts } from '../../src/node/sessions/graphFacts.ts';
import { tokenFeeds } from './sessionsTokens.ts';

type Value = Parameters<typeof graphFacts>[0]['inputMetadata'][number];

const value = (name: string, type: string, shape: readonly (number | string)[]): Value =>
  ({ name, isTensor: true, type, shape }) as Value;

const output = value('output', 'float32', ['N', 8, 8, 1]);
const facts = (inputs: readonly Value[], names: GraphNames = {}, outputs: readonly Value[] = [output]) =>
  graphFacts({ inputMetadata: inputs, outputMetadata: outputs }, names);

const X = value('x', 'float32', ['N', 'H', 'W', 2]);
const TIMESTEPS = value('timesteps', 'float32', ['N']);
const EMBEDDINGS = value('embeddings', 'float32', ['N', 'L', 3]);
const IDS = value('ids', 'int64', ['N', 'L']);

describe('a graph', () => {
  it('is understood by the roles, types and ranks of its inputs', () => {
    const given = [
      TIMESTEPS,
      value('sample', 'float32', [1, 3, 8, 9]),
      value('labels', 'int64', ['N', 'k']),
      EMBEDDINGS,
    ];
    const { inputs, oneRow } = facts(given, { x: 'sample', layout: 'nchw' });
    expect(inputs.map(({ role, name, type, shape, rank }) => [role, name, type, shape, rank])).to.deep.equal([
      ['x', 'sample', 'float32', [8, 9, 3], 4],
      ['timesteps', 'timesteps', 'float32', [], 1],
      ['labels', 'labels', 'int64', [], 2],
      ['embeddings', 'embeddings', 'float32', [0, 3], 3],
    ]);
    expect(oneRow, 'its batch is 1').to.equal(true);
  });

  it('takes one row only where any input is one for all rows', () => {
    expect(facts([X, TIMESTEPS]).oneRow).to.equal(false);
    expect(facts([X, value('timesteps', 'int64', [])]).oneRow).to.equal(true);
    expect(facts([X, TIMESTEPS, value('labels', 'int64', [1])]).oneRow).to.equal(true);
    expect(facts([X, value('embeddings', 'float32', [1, 77, 3])]).oneRow).to.equal(true);
  });

  it('calls an input by the role that it was said to have, though it bears the name of another', () => {
    const { inputs } = facts([X, value('ids', 'int64', ['N'])], { labels: 'ids' });
    expect(inputs.map(({ role, name }) => [role, name])).to.deep.equal([
      ['x', 'x'],
      ['labels', 'ids'],
    ]);
  });

  it('answers with `output` where it has one, else with all', () => {
    const others = [value('last', 'float32', ['N', 'L', 4]), value('pooled', 'float32', ['N', 4])];
    expect(facts([X], {}, [...others, output]).outputs).to.deep.equal(['output']);
    expect(facts([X], {}, others).outputs).to.deep.equal(['last', 'pooled']);
  });

  for (const [title, refused, message] of [
    ['with an input of no known role', () => facts([X, value('mask', 'float32', ['N'])]), /"mask", which nothing here/],
    [
      'whose map is of another type',
      () => facts([value('x', 'float16', ['N', 8, 8, 1])]),
      /"x" is float16 \[N,8,8,1\]/,
    ],
    ['whose tokens are integers', () => facts([value('embeddings', 'int64', ['N', 7, 3])]), /"embeddings" is int64/],
    ['whose ids are fractions', () => facts([value('ids', 'float32', ['N', 77])]), /"ids" is float32 \[N,77\]/],
    ['whose numbers are of another type', () => facts([value('timesteps', 'bool', ['N'])]), /"timesteps" is bool/],
    ['of rank 5', () => facts([value('x', 'float32', ['N', 2, 8, 8, 1])]), /\[N,2,8,8,1\]; float32 of rank 4 or 3/],
    ['without an input that was named', () => facts([X], { labels: 'y' }), /no input "y"; it has: x/],
    ['without an output that was named', () => facts([X], { outputs: ['y'] }), /no output "y"; it has: output/],
    ['whose output is of integers', () => facts([X], {}, [value('o', 'int64', ['N', 4])]), /"o" must be float32/],
    ['whose output is one number', () => facts([X], {}, [value('o', 'float32', [])]), /rank 2, 3 or 4, but is float32/],
  ] as const) {
    it(`${title} is refused in one line`, () => {
      expect(refused).to.throw(CheckpointError, message).with.property('code', 'bad-graph');
      expect(refused).to.throw(/^[^\n]*$/);
    });
  }
});

describe('feeds', () => {
  const graph = facts([X, TIMESTEPS, EMBEDDINGS, IDS]);
  const { rows, inputs } = tokenFeeds(2, 5);

  it('are put in the order of the inputs of the graph', () => {
    const { x, timesteps, embeddings, ids } = inputs;
    expect(checkFeeds({ rows, inputs }, graph)).to.deep.equal([x, timesteps, embeddings, ids]);
  });

  for (const [title, change, message] of [
    ['no rows', { rows: 0 }, /rows must be a whole number of at least 1, got 0/],
    [
      'rows of another width',
      { embeddings: { data: new Float32Array(20), shape: [5, 2] } },
      /\[any, 3\], got \[5, 2\]/,
    ],
    [
      'a map of rank 2',
      { x: { data: new Float32Array(16), shape: [4, 2] } },
      /row of x .* \[any, any, 2\], got \[4, 2\]/,
    ],
    ['a map of no height', { x: { data: [], shape: [0, 4, 2] } }, /row of x .* got \[0, 4, 2\]/],
    ['too few values', { x: { data: new Float32Array(5), shape: [4, 3, 2] } }, /2 rows of x \[4, 3, 2\] have 48 .* 5/],
    ['too few timesteps', { timesteps: { data: [1], shape: [] } }, /2 rows of timesteps \[\] have 2 values, got 1/],
    ['an input less', { ids: undefined }, /wants ids as well; it takes x, timesteps, embeddings, ids/],
    ['an input more', { labels: { data: [1, 2], shape: [] } }, /labels were given, but the graph takes x, timesteps/],
    ['ids that are fractions', { ids: { data: [1, 1.5], shape: [1] } }, /ids must be whole numbers .* got 1\.5/],
    ['ids that are too large', { ids: { data: [1, 2 ** 31], shape: [1] } }, /of at most 2147483647, got 2147483648/],
    ['ids that are no numbers', { ids: { data: [1, Number.NaN], shape: [1] } }, /got NaN/],
  ] as const) {
    it(`of ${title} are refused in one line`, () => {
      const { rows: changed = rows, ...others } = change as { rows?: number };
      const refused = () => checkFeeds({ rows: changed, inputs: { ...inputs, ...others } }, graph);
      expect(refused).to.throw(ArgumentError, message).with.property('code', 'bad-feeds');
      expect(refused).to.throw(/^[^\n]*$/);
    });
  }
});
