import { expect } from 'chai';
import type { SurvivalPoint } from '../../src/studio/api.ts';
import { USUAL } from '../../src/studio/choice.ts';
import { countsOf, ofClass, STRENGTHS, survivedOf, usefulText, variantsToMeasure } from '../../src/studio/survival.ts';

const estimate = (mean: number) => ({ mean, interval: [mean - 0.02, mean + 0.02] as const });
const LABELS = Array.from({ length: 40 }, (_, n) => (n < 30 ? 0 : 1));
const pointAt = (strength: number, share: number, diversity: number): SurvivalPoint => ({
  ...{ strength, retention: estimate(share), rms: estimate(diversity), diversity: estimate(diversity) },
  ...{ secondsPerVariant: 0.01, kept: LABELS.map((label) => (label === 0 ? 1 : 0)), labels: LABELS },
});
const points = [pointAt(0.4, 0.8, 0.2), pointAt(0.1, 0.99, 0.02), pointAt(0.2, 0.97, 0.1)];
const wanted = { target: 0.9, minDiversity: 0.03 };

describe('what survives, in the studio', () => {
  it('puts points in order, whichever came first, and the round trip apart', () => {
    const roundTrip = { ...pointAt(0, 0.98, 0), roundTrip: true as const };
    const survived = survivedOf([...points, roundTrip]);
    expect(survived.points.map(({ strength }) => strength)).to.deep.equal([0.1, 0.2, 0.4]);
    expect(survived.roundTrip).to.equal(roundTrip);
    expect(survivedOf(points)).to.not.have.property('roundTrip');
  });

  it('tells a class by its own images, and how many there are', () => {
    const [point] = points as [SurvivalPoint];
    expect(ofClass(point, 0)).to.deep.include({ labels: LABELS.slice(0, 30) });
    expect(ofClass(point, 0).retention.mean).to.equal(1);
    expect(ofClass(point, 1).retention.mean).to.equal(0);
    expect(ofClass(point, 1).retention.interval[1]).to.be.within(0.2, 0.35); // ten images say little
    expect([...countsOf(point)]).to.deep.equal([
      [0, 30],
      [1, 10],
    ]);
  });

  it('says which strengths are useful', () => {
    expect(usefulText(survivedOf(points), wanted)).to.equal(
      'Useful from 0.11 to 0.26: there 90 % of labels are surely kept, and variants differ by at least 0.03.',
    );
  });

  it('says why none is: variants are alike, or differ only where labels are lost', () => {
    expect(usefulText(survivedOf(points), { ...wanted, minDiversity: 0.5 })).to.match(/differ by 0\.200 at most/);
    expect(usefulText(survivedOf(points), { ...wanted, minDiversity: 0.15 })).to.match(/do not yet differ by 0\.15/);
  });

  it('counts what a measurement makes', () => {
    expect(variantsToMeasure(USUAL.measure, 5000)).to.equal(100 * 4 * STRENGTHS.length);
    expect(variantsToMeasure(USUAL.measure, 30)).to.equal(30 * 4 * STRENGTHS.length);
  });
});
