import { expect } from 'chai';
import { fallingCascade } from '../../../src/apps/enhance/cascade.ts';
import { cascadeText, toCascade } from '../../../src/cli/enhance/cascadeText.ts';
import { ArgumentError } from '../../../src/errors.ts';

describe('a cascade as text', () => {
  for (const text of ['15x0.3..0.05', '3x0.6..0.02', '0.4x5,0.3x5,0.2x5', '0.3x10', '1x20', '0.3x1,0.1x1']) {
    it(`${text} says a cascade that is written the same`, () => expect(cascadeText(toCascade(text))).to.equal(text));
  }

  it('is short where throws fall evenly, each of one step, and only there', () => {
    expect(toCascade('3x0.3..0.1')).to.deep.equal(fallingCascade(3, 0.3, 0.1));
    expect(cascadeText([0.3, 0.2, 0.1].map((strength) => ({ strength, steps: 1 })))).to.equal('3x0.3..0.1');
    expect(cascadeText([0.3, 0.2, 0.15].map((strength) => ({ strength, steps: 1 })))).to.equal('0.3x1,0.2x1,0.15x1');
    expect(cascadeText([0.3, 0.2, 0.1].map((strength) => ({ strength, steps: 2 })))).to.equal('0.3x2,0.2x2,0.1x2');
  });

  it('joins both forms', () => {
    expect(toCascade('2x0.4..0.3,0.2x5')).to.deep.equal([
      { strength: 0.4, steps: 1 },
      { strength: 0.3, steps: 1 },
      { strength: 0.2, steps: 5 },
    ]);
  });

  it('falls from the first strength to the last, of which one throw alone has the first', () => {
    const strengths = fallingCascade(15, 0.3, 0.05).map(({ strength }) => strength);
    expect(strengths[0]).to.equal(0.3);
    expect(strengths.at(-1)).to.be.closeTo(0.05, 1e-12);
    expect(strengths).to.deep.equal(strengths.toSorted((a, b) => b - a));
    expect(fallingCascade(1, 0.3, 0.05)).to.deep.equal([{ strength: 0.3, steps: 1 }]);
  });

  for (const text of [
    '',
    '0.3',
    'x',
    '0.3x5x2',
    '0.3x0',
    '0.3x1.5',
    '15x0.05..0.3',
    '15x0.3..',
    '0x0.3..0.1',
    '5x2..1',
  ]) {
    it(`refuses "${text}", in one line`, () => {
      expect(() => toCascade(text))
        .to.throw(ArgumentError, /^[^\n]+$/)
        .with.property('code', 'bad-cascade');
    });
  }
});
