import { expect } from 'chai';
import { feathered } from '../../../../src/apps/anonymise/regions/feather.ts';
import { uniformStream } from '../../../../src/random.ts';
import { largestDifference } from '../../../support/tensors.ts';

/** Mostly 0 and 1, with some between, as masks are. */
const mask = (height: number, width: number, name: string) => {
  const next = uniformStream([name]);
  const values = Float32Array.from({ length: height * width }, () => {
    const drawn = next();
    return drawn < 0.9 ? 0 : drawn < 0.95 ? 1 : next();
  });
  return { values, height, width };
};

/** By the definition: of all pixels of the mask the largest that one gives. */
const bySearch = ({ values, height, width }: ReturnType<typeof mask>, reach: number): Float32Array =>
  values.map((own, n) => {
    let largest = 0;
    for (let m = 0; m < height * width; m += 1) {
      const away = (Math.floor(n / width) - Math.floor(m / width)) ** 2 + ((n % width) - (m % width)) ** 2;
      largest = Math.max(largest, (values[m] as number) * Math.exp((-4.5 * away) / reach ** 2));
    }
    return Math.max(own, (largest - Math.exp(-4.5)) / (1 - Math.exp(-4.5)));
  });

describe('feathered', () => {
  for (const [height, width, reach] of [
    [17, 23, 5],
    [1, 40, 7],
    [40, 1, 7],
    [12, 12, 40],
    [9, 9, 1],
  ] as const) {
    it(`gives each of ${height} x ${width} pixels the largest weight within ${reach} pixels`, () => {
      for (const name of ['a', 'b', 'c']) {
        const one = mask(height, width, name);
        const weights = feathered(one, reach);
        expect(largestDifference(weights, bySearch(one, reach))).to.be.below(1e-6);
        for (const [n, weight] of weights.entries()) {
          expect(weight).to.be.within(one.values[n] as number, 1);
        }
      }
    });
  }

  it('gives 1 where the mask is 1, exactly 0 from the reach on, and falls all the way between', () => {
    for (let reach = 1; reach < 40; reach += 1) {
      const values = new Float32Array(60);
      values[0] = 1;
      const weights = feathered({ values, height: 1, width: 60 }, reach);
      expect(weights[0]).to.equal(1);
      for (let n = 1; n <= reach; n += 1) expect(weights[n]).to.be.below(weights[n - 1] as number);
      expect(
        weights.subarray(reach).every((weight) => weight === 0),
        `at ${reach}`,
      ).to.equal(true);
    }
  });

  it('leaves a mask of nothing as it is', () => {
    expect(feathered({ values: new Float32Array(12), height: 3, width: 4 }, 2)).to.deep.equal(new Float32Array(12));
  });
});
