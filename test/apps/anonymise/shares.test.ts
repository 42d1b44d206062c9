import { expect } from 'chai';
import { shareOf } from '../../../src/apps/anonymise/shares.ts';
import { uniformStream } from '../../../src/random.ts';

const each = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('shareOf', () => {
  it('does not promise that what never came out never will: 60 of none leave 5 %, 300 leave 1 %', () => {
    for (const [count, most] of [
      [60, 0.05],
      [300, 0.01],
    ] as const) {
      const none = shareOf({ hits: new Float64Array(count), groups: each(count) }, ['none']);
      expect(none).to.include({ share: 0, low: 0, of: count });
      expect(none?.high).to.be.within(0.9 * most, most);
      const all = shareOf({ hits: new Float64Array(count).fill(1), groups: each(count) }, ['all']);
      expect(all).to.include({ share: 1, high: 1 });
      expect(1 - (all?.low ?? 0)).to.be.closeTo(none?.high ?? 0, 1e-12);
    }
  });

  it('covers the truth in 95 % of cases, or nearly', () => {
    const [trials, count, truth] = [200, 80, 0.3];
    let covered = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const next = uniformStream(['trial', trial]);
      const hits = each(count).map(() => Number(next() < truth));
      const { low = 1, high = 0 } = shareOf({ hits, groups: each(count) }, [trial]) ?? {};
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered / trials).to.be.within(0.95 - 5 * Math.sqrt((0.05 * 0.95) / trials), 1);
  });

  it('is no surer for more pictures of the same people', () => {
    const next = uniformStream(['people']);
    const people = each(50).map(() => Number(next() < 0.4));
    const once = shareOf({ hits: people, groups: each(50) }, ['x']);
    const tenTimes = shareOf(
      { hits: people.flatMap((hit) => Array(10).fill(hit)), groups: each(500).map((n) => Math.floor(n / 10)) },
      ['x'],
    );
    expect(tenTimes).to.deep.equal({ ...once, of: 500 });
  });

  it('leaves out what was not measured, and says nothing of nothing', () => {
    expect(shareOf({ hits: [1, Number.NaN, 0], groups: [0, 1, 2] }, [])).to.include({ share: 0.5, of: 2 });
    expect(shareOf({ hits: [Number.NaN], groups: [0] }, [])).to.equal(undefined);
  });
});
