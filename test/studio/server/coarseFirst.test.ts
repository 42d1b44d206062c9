import { expect } from 'chai';
import { coarseFirst } from '../../../src/studio/server/survival/coarseFirst.ts';
import { STRENGTHS } from '../../../src/studio/survival.ts';

describe('strengths, coarse first', () => {
  it('are all those there are, each once', () => {
    for (const strengths of [[], [0.5], [0.1, 0.2], STRENGTHS]) {
      expect([...coarseFirst(strengths)].sort((a, b) => a - b)).to.deep.equal([...strengths]);
    }
  });

  it('begin in the middle, and after three each part of the curve has one', () => {
    expect(coarseFirst(STRENGTHS).slice(0, 3)).to.deep.equal([0.3, 0.15, 0.6]);
  });
});
