import { expect } from 'chai';
import { compareUtilities } from '../../../src/apps/anonymise/compareUtilities.ts';
import type { Utility } from '../../../src/apps/anonymise/utility.ts';

const share = (value: number, of = 100) => ({ share: value, low: 0, high: 1, of });
const usual: Utility = {
  images: 100,
  distance: 0.1,
  ssim: 0.8,
  labels: share(0.9),
  found: share(0.95),
  attributes: { age: { kept: share(0.6, 90), chance: 0.2 }, mood: { kept: share(0.7, 90), chance: 0.3 } },
  frechet: { distance: 0.2, of: 90 },
};
const { frechet, found, labels, ...few } = usual;

describe('compareUtilities', () => {
  it('finds equals neither worse nor better', () => {
    expect(compareUtilities(usual, usual)).to.deep.equal({ worse: [], better: [] });
  });

  it('knows of each figure which way is better, and says it the other way round when they are exchanged', () => {
    const other: Utility = {
      ...usual,
      distance: 0.05,
      ssim: 0.7,
      labels: share(0.95),
      found: share(0.9),
      attributes: { age: { kept: share(0.5, 90), chance: 0.2 }, mood: { kept: share(0.8, 90), chance: 0.3 } },
      frechet: { distance: 0.3, of: 95 },
    };
    const { worse, better } = compareUtilities(usual, other);
    expect(worse).to.have.members(['distance', 'labels', 'attribute mood']);
    expect(better).to.have.members(['ssim', 'found', 'attribute age', 'frechet']);
    expect(compareUtilities(other, usual)).to.deep.equal({ worse: better, better: worse });
  });

  it('does not take it for a gain that few are found who keep all', () => {
    const blind: Utility = { ...usual, attributes: { age: { kept: share(1, 10), chance: 0.2 } } };
    expect(compareUtilities(usual, blind).better).to.have.members(['attribute age', 'attribute mood']);
  });

  it('takes what one of both only keeps for lost by the other', () => {
    expect(compareUtilities(few, usual).worse).to.have.members(['labels', 'found']);
    expect(compareUtilities(usual, few).better).to.have.members(['labels', 'found']);
  });

  it('leaves out Frechet distances of fewer pictures, which are larger for that', () => {
    const fewer: Utility = { ...usual, frechet: { distance: 0.3, of: 50 } };
    expect(compareUtilities(usual, fewer)).to.deep.equal({ worse: [], better: [] });
    expect(compareUtilities(fewer, usual)).to.deep.equal({ worse: [], better: [] });
  });
});
