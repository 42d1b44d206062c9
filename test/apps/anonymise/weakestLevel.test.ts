import { expect } from 'chai';
import { ladder, weakestLevel } from '../../../src/apps/anonymise/weakestLevel.ts';

describe('weakestLevel', () => {
  it('finds every one there is, by few questions, none of them twice', async () => {
    const levels = ladder(1, 32);
    for (const [n, wanted] of [...levels, undefined].entries()) {
      const asked: number[] = [];
      const found = await weakestLevel(levels, async (level) => {
        asked.push(level);
        return levels.indexOf(level) >= n;
      });
      expect(found).to.equal(wanted);
      expect(new Set(asked).size).to.equal(asked.length);
      expect(asked.length).to.be.at.most(Math.log2(levels.length) + 1);
    }
  });

  it('gives one that is enough after one that is not, where strength does not rise everywhere', async () => {
    const isEnough = [false, true, false, false, true, false, true];
    const levels = isEnough.map((_, n) => n);
    const found = (await weakestLevel(levels, async (level) => isEnough[level] ?? false)) ?? -1;
    expect(isEnough[found]).to.equal(true);
    expect(isEnough[found - 1]).to.equal(false);
  });

  it('finds nothing among nothing', async () => {
    expect(await weakestLevel([], async () => true)).to.equal(undefined);
  });
});

describe('ladder', () => {
  it('rises by a fourth of an octave, and holds both ends where they are octaves apart', () => {
    const levels = ladder(0.25, 8);
    expect([levels.length, levels[0], levels[4], levels.at(-1)]).to.deep.equal([21, 0.25, 0.5, 8]);
    expect(ladder(1, 1.5).length).to.equal(3);
    expect(ladder(2, 1)).to.deep.equal([]);
  });
});
