import { expect } from 'chai';
import { fallingCascade, type PlainThrow } from '../../../../src/apps/enhance/cascade.ts';
import { mostSteps, searchCascades } from '../../../../src/apps/enhance/cascades/search.ts';
import { uniformStream } from '../../../../src/random.ts';

type Score = (cascade: readonly PlainThrow[]) => number;

/** All cascades that a search tries, each once. */
const tried = async (steps: number, score: Score): Promise<readonly (readonly PlainThrow[])[]> => {
  const all = new Map<string, readonly PlainThrow[]>();
  await searchCascades(steps, async (cascade) => {
    all.set(JSON.stringify(cascade), cascade);
    return score(cascade);
  });
  return [...all.values()];
};
const stepsOf = (cascade: readonly PlainThrow[]): number => cascade.reduce((sum, { steps }) => sum + steps, 0);

describe('a search among cascades', () => {
  it('finds the best of the falling ones where each coordinate has its best value', async () => {
    const score: Score = (cascade) => {
      const [first, last] = [cascade[0]?.strength ?? 0, cascade.at(-1)?.strength ?? 0];
      return -Math.abs(first - 0.45) - Math.abs(last - 0.02) - Math.abs(stepsOf(cascade) - 10) / 10;
    };
    const all = await tried(20, score);
    const best = all.reduce((a, b) => (score(b) > score(a) ? b : a));
    expect(best).to.deep.equal(fallingCascade(10, 0.45, 0.02));
    expect(all).to.have.length.within(10, 20); // of 60 falling ones, and four others
  });

  it('tries one throw, several of several steps, and one from noise', async () => {
    const all = (await tried(20, () => 0)).map((cascade) =>
      cascade.map(({ strength, steps }) => `${strength}x${steps}`),
    );
    expect(all).to.deep.include(['0.4x5', '0.3x5', '0.2x5']);
    expect(all).to.deep.include(['0.3x10']);
    expect(all).to.deep.include(['1x20']);
  });

  for (const steps of [1, 2, 5, 7, 15, 20, 33]) {
    it(`of at most ${steps} steps tries no longer one, and takes no more steps than it says`, async () => {
      for (const seed of ['a', 'b', 'c']) {
        const next = uniformStream(['search', seed, steps]);
        const all = await tried(steps, next);
        expect(all).to.not.be.empty;
        expect(Math.max(...all.map(stepsOf))).to.be.at.most(steps);
        expect(all.flat().every(({ strength }) => strength > 0 && strength <= 1)).to.equal(true);
        expect(all.reduce((sum, cascade) => sum + stepsOf(cascade), 0)).to.be.at.most(mostSteps(steps));
      }
    });
  }
});
