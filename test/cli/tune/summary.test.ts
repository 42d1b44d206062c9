import { expect } from 'chai';
import type { Tuning } from '../../../src/cli/tune/options.ts';
import { reachOf, reachPerClass, usefulBand } from '../../../src/cli/tune/summary.ts';
import { holdOut } from '../../../src/node/tuning/heldOut.ts';
import type { SweepPoint } from '../../../src/node/tuning/sweep.ts';

const tuning = { target: 0.9, minDiversity: 0.05, seed: 'a' } as Tuning;
const COUNT = 100;

/** A point at which the first images keep their class, and the others do not. */
const pointAt = (strength: number, keep: number, diversity: number): SweepPoint => {
  const kept = Array.from({ length: COUNT }, (_, n) => (n < keep ? 1 : 0));
  const estimate = (mean: number) => ({ mean, interval: [mean - 0.05, mean + 0.05] as const });
  const distances = { rms: estimate(0), ssim: estimate(1), diversity: estimate(diversity) };
  const costs = { timestep: 0, sigma: 0, evaluations: 1, secondsPerVariant: 0 };
  return { strength, ...costs, retention: estimate(keep / COUNT), ...distances, kept, shown: [] };
};
const points = [pointAt(0.1, 100, 0.04), pointAt(0.2, 98, 0.08), pointAt(0.4, 78, 0.2)];

describe('what tune makes of its measurements', () => {
  it('puts the reach on the line between the strengths around the target', () => {
    const { strength, strengthInterval, images } = reachOf({ points }, tuning);
    expect(strength).to.be.closeTo(0.2 + (0.2 * 0.08) / 0.2, 1e-9);
    expect(images).to.equal(COUNT);
    expect(strengthInterval[0]).to.be.below(strength);
    expect(strengthInterval[1]).to.be.above(strength);
  });

  it('reaches part of the way to the first strength, where even that loses too many labels', () => {
    expect(reachOf({ points: [pointAt(0.1, 80, 0.1)] }, tuning).strength).to.be.closeTo(0.05, 1e-9);
  });

  it('finds the band from the first diverse strength to the last one that is sure', () => {
    const [from, to] = usefulBand({ points }, tuning) ?? [];
    expect(from).to.be.closeTo(0.1 + (0.1 * 0.01) / 0.04, 1e-9);
    expect(to).to.be.closeTo(0.2 + (0.2 * 0.03) / 0.2, 1e-9); // the lower ends are 0.93 and 0.73
  });

  it('finds no band where variants are alike, nor where they differ only beyond what is sure', () => {
    expect(usefulBand({ points }, { ...tuning, minDiversity: 0.5 })).to.equal(undefined);
    expect(usefulBand({ points }, { ...tuning, minDiversity: 0.15 })).to.equal(undefined);
  });

  it('tells classes apart, and leaves out those with too few images', () => {
    const labels = Array.from({ length: COUNT }, (_, n) => (n < 5 ? 2 : n < 80 ? 0 : 1));
    const [first, second, ...more] = reachPerClass({ points }, tuning, { labels, names: ['shirt', 'shoe', 'bag'] });
    expect(more).to.be.empty;
    expect(first).to.include({ name: 'shirt', images: 75 });
    expect(first?.retention).to.deep.equal([1, 1, 73 / 75]);
    expect(second).to.include({ name: 'shoe', images: 20 });
    expect(second?.strength).to.be.closeTo(0.2, 1e-9);
    expect(first?.strength).to.equal(0.4);
  });

  it('holds out a tenth, always the same and apart from the rest', () => {
    const { training, validation } = holdOut(200);
    expect(validation).to.have.lengthOf(20);
    expect([...training, ...validation].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 200 }, (_, n) => n));
    expect(holdOut(200)).to.deep.equal({ training, validation });
    expect(validation.filter((place) => place < 100).length).to.be.within(3, 17); // not the first or the last
    expect(holdOut(100_000).validation).to.have.lengthOf(5000);
  });
});
