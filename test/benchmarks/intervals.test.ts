import { expect } from 'chai';
import {
  type BySeed,
  estimate,
  pairedDifference,
  pairedEstimates,
  signTest,
} from '../../benchmarks/classifier/intervals.ts';
import { uniformStream } from '../../src/random.ts';

const bySeed = (values: readonly number[]): BySeed => new Map(values.map((value, seed) => [seed, value]));

/** Arms by seeds of any numbers. */
const table = (arms: number, seeds: number, path = 'table'): Map<string, BySeed> => {
  const next = uniformStream([path]);
  const row = () => bySeed(Array.from({ length: seeds }, () => next()));
  return new Map(Array.from({ length: arms }, (_, n) => [`arm ${n}`, row()]));
};

const mapped = (arms: ReadonlyMap<string, BySeed>, change: (value: number, seed: number) => number) =>
  new Map([...arms].map(([arm, values]) => [arm, new Map([...values].map(([s, v]) => [s, change(v, s)]))]));

describe('intervals', () => {
  it('reach as far as the t distribution says: scipy 1.17.1, stats.t.ppf(0.975, d)', () => {
    const halves = [
      [1, 12.7062047],
      [2, 4.3026527],
      [4, 2.7764451],
      [9, 2.2621572],
      [120, 1.9799304],
    ] as const;
    for (const [freedom, quantile] of halves) {
      const values = Array.from({ length: freedom + 1 }, (_, n) => n);
      const variance = ((freedom + 1) * (freedom + 2)) / 12; // of 0, 1, …, n - 1 it is n (n + 1) / 12
      expect(estimate(values).half).to.be.closeTo(quantile * Math.sqrt(variance / (freedom + 1)), 1e-6);
    }
  });

  it('do not exist for a single seed, and never are NaN', () => {
    expect(estimate([0.7])).to.deep.equal({ mean: 0.7, seeds: 1 });
    expect(pairedEstimates(table(3, 1)).get('arm 1')).to.have.all.keys('mean', 'seeds');
    expect(pairedDifference(bySeed([0.7]), bySeed([0.6]))).to.not.have.property('half');
  });

  it('move with the numbers, and do not widen', () => {
    const arms = table(4, 5);
    const [before, after] = [pairedEstimates(arms), pairedEstimates(mapped(arms, (value) => value + 3))];
    for (const [arm, { mean, half }] of before) {
      expect(after.get(arm)?.mean).to.be.closeTo(mean + 3, 1e-12);
      expect(after.get(arm)?.half).to.be.closeTo(half as number, 1e-12);
    }
  });

  it('are blind to what a seed does to all arms alike', () => {
    const arms = table(4, 5);
    const lucky = mapped(arms, (value, seed) => value + 10 * seed);
    const [before, after] = [pairedEstimates(arms), pairedEstimates(lucky)];
    for (const [arm, { mean, half }] of before) {
      expect(after.get(arm)?.mean).to.be.closeTo(mean + 20, 1e-12);
      expect(after.get(arm)?.half).to.be.closeTo(half as number, 1e-12);
    }
  });

  it('of two arms are the interval of their difference over the square root of two', () => {
    const arms = table(2, 6);
    const [first, second] = [...arms.values()] as [BySeed, BySeed];
    const difference = pairedDifference(first, second);
    for (const { half } of pairedEstimates(arms).values()) {
      expect((half as number) * Math.SQRT2).to.be.closeTo(difference?.half as number, 1e-12);
    }
  });

  it('of arms that seeds move independently are as wide as plain ones in the mean', () => {
    let [paired, plain] = [0, 0];
    for (let study = 0; study < 400; study += 1) {
      const arms = table(4, 5, `study ${study}`);
      const estimates = pairedEstimates(arms);
      for (const [arm, values] of arms) {
        paired += (estimates.get(arm)?.half as number) ** 2;
        plain += (estimate([...values.values()]).half as number) ** 2;
      }
    }
    expect(paired / plain).to.be.closeTo(1, 5 / Math.sqrt(400 * 4));
  });

  it('pair only arms with the same seeds; one that is alone with its seeds stands for itself', () => {
    const arms = table(3, 4);
    const lone = bySeed([0.2, 0.5, 0.9]);
    const together = pairedEstimates(new Map([...arms, ['late', lone]]));
    expect(together.get('late')).to.deep.equal(estimate([0.2, 0.5, 0.9]));
    expect(together.get('arm 2')).to.deep.equal(pairedEstimates(arms).get('arm 2'));
  });
});

describe('the paired difference', () => {
  it('of an arm and itself is nothing, with nothing to either side', () => {
    const arm = bySeed([0.7, 0.8, 0.75]);
    expect(pairedDifference(arm, arm)).to.deep.equal({ mean: 0, half: 0, seeds: 3, above: 0, below: 0, p: 1 });
  });

  it('turns its sign with the order of the arms', () => {
    const [first, second] = [...table(2, 5).values()] as [BySeed, BySeed];
    const [there, back] = [pairedDifference(first, second), pairedDifference(second, first)];
    expect(back?.mean).to.be.closeTo(-(there?.mean as number), 1e-15);
    expect(back?.half).to.be.closeTo(there?.half as number, 1e-15);
    expect(back).to.include({ above: there?.below, below: there?.above, p: there?.p });
  });

  it('knows only seeds that both arms ran with, in any order', () => {
    const of = new Map([
      [3, 0.9],
      [1, 0.5],
      [7, 0.1],
    ]);
    const over = new Map([
      [1, 0.25],
      [3, 0.5],
      [9, 0.9],
    ]);
    expect(pairedDifference(of, over)).to.include({ seeds: 2, above: 2, below: 0, p: 0.5 });
    expect(pairedDifference(of, over)?.mean).to.be.closeTo(0.325, 1e-15);
    expect(pairedDifference(of, new Map([[2, 0.5]]))).to.equal(undefined);
  });
});

describe('the sign test', () => {
  it('gives the exact chances: scipy 1.17.1, stats.binomtest', () => {
    for (const [above, below, p] of [
      [5, 0, 0.0625],
      [4, 1, 0.375],
      [3, 2, 1],
      [9, 1, 0.021484375],
      [0, 6, 0.03125],
    ]) {
      expect(signTest(above as number, below as number)).to.be.closeTo(p as number, 1e-12);
    }
  });

  it('says the same of a coin and its other side, and nothing of no throw', () => {
    for (let above = 0; above < 8; above += 1) expect(signTest(above, 3)).to.equal(signTest(3, above));
    expect(signTest(0, 0)).to.equal(1);
  });
});
