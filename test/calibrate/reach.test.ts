import { expect } from 'chai';
import { reachOf, reachPerClass, type SurvivingPoint, usefulBand } from '../../src/calibrate/reach.ts';

const tuning = { target: 0.9, minDiversity: 0.05, seed: 'a' };
const COUNT = 100;

/** A point at which the first images keep their class, and the others do not. */
const pointAt = (strength: number, keep: number, diversity: number): SurvivingPoint => {
  const kept = Array.from({ length: COUNT }, (_, n) => (n < keep ? 1 : 0));
  const mean = keep / COUNT;
  return { strength, kept, retention: { mean, interval: [mean - 0.05, mean + 0.05] }, diversity: { mean: diversity } };
};
const points = [pointAt(0.1, 100, 0.04), pointAt(0.2, 98, 0.08), pointAt(0.4, 78, 0.2)];

describe('how far images can be thrown', () => {
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
});
