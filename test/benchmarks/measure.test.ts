import { expect } from 'chai';
import { interleave, type Subject } from '../../benchmarks/measure.ts';
import { exactly, quantile, ratios, summarise } from '../../benchmarks/statistics.ts';

/** Subjects that take a known time on a clock of their own, and a list of who ran. */
const onOwnClock = (costs: Readonly<Record<string, number>>) => {
  const ran: string[] = [];
  let time = 0;
  const subjects = Object.fromEntries(
    Object.entries(costs).map(([name, cost]): [string, Subject] => [
      name,
      {
        async prepare() {
          time += 1000; // must not be seen
        },
        async run() {
          ran.push(name);
          time += cost;
        },
      },
    ]),
  );
  return { subjects, ran, now: () => time };
};

describe('interleave', () => {
  it('gives the time of a call, round by round, without the preparation', async () => {
    const { subjects, now } = onOwnClock({ slow: 30, fast: 5 });
    expect(await interleave(subjects, { rounds: 3, now })).to.deep.equal({ slow: [30, 30, 30], fast: [5, 5, 5] });
  });

  it('warms up twice, then runs all in every round, in an order that turns', async () => {
    const { subjects, ran, now } = onOwnClock({ a: 1, b: 1, c: 1 });
    await interleave(subjects, { rounds: 2, now });
    expect(ran.join('')).to.equal('aabbcc' + 'abc' + 'cba');
  });

  it('runs a short subject as often as fills the least time', async () => {
    const { subjects, ran, now } = onOwnClock({ short: 4, long: 50 });
    const times = await interleave(subjects, { rounds: 1, leastMs: 10, now });
    expect(ran.filter((name) => name === 'short')).to.have.length(2 + 3);
    expect(ran.filter((name) => name === 'long')).to.have.length(2 + 1);
    expect(times['short']).to.deep.equal([4]);
  });
});

describe('statistics', () => {
  it('interpolates quantiles between neighbours', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).to.equal(2.5);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).to.equal(20);
    expect(quantile([10, 20], 0.25)).to.equal(12.5);
    expect(quantile([7], 0.75)).to.equal(7);
  });

  it('refuses to summarise nothing', () => expect(() => summarise([])).to.throw(/no numbers/));

  it('is not moved by one slow run', () => {
    expect(summarise([10, 11, 12, 13, 5000])).to.deep.equal({ median: 12, q1: 11, q3: 13, runs: 5 });
    expect(exactly(3)).to.deep.equal({ median: 3, q1: 3, q3: 3, runs: 1 });
  });

  it('divides within a round and refuses rounds that have no counterpart', () => {
    expect(ratios([1, 10], [2, 5])).to.deep.equal([0.5, 2]);
    expect(() => ratios([1], [1, 2])).to.throw(/2 for 1/);
  });
});
