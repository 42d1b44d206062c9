import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { noiseSchedule, sigmaAt } from '../../src/noise/schedule.ts';
import { resolveStrength, type StrengthSpec } from '../../src/noise/strength.ts';

describe('a strength', () => {
  const schedule = noiseSchedule(alphaBarTable(linearBetas(1000)));
  const resolve = (spec: StrengthSpec) => resolveStrength(schedule, spec);

  it('is the share of the timesteps that are thrown over', () => {
    for (const [strength, timestep] of [
      [0.4, 400],
      [0.57, 570],
      [0.001, 1],
      [1, 999],
    ] as const) {
      expect(resolve(strength)).to.include({ strength, timestep, sigma: sigmaAt(schedule, timestep) });
    }
  });

  it('of 0 is no noise at all', () => {
    expect(resolve(0)).to.deep.equal({ strength: 0, timestep: 0, sigma: 0, snrDb: Number.POSITIVE_INFINITY });
    expect(resolve({ sigma: 0 })).to.deep.equal(resolve(0));
    expect(resolve({ snrDb: Number.POSITIVE_INFINITY })).to.deep.equal(resolve(0));
  });

  it('rises without a jump from 0 to 1', () => {
    let before = 0;
    for (let strength = 0.0001; strength < 0.999; strength += 0.0001) {
      const { sigma } = resolve(strength);
      expect(sigma)
        .to.be.above(before)
        .and.below(before * 1.02 + 0.002);
      before = sigma;
    }
  });

  for (const strength of [0, 1e-5, 0.0007, 0.001, 0.003, 0.1234567, 0.4, 0.999, 1]) {
    it(`of ${strength} is the same level in every unit`, () => {
      const level = resolve(strength);
      const specs: StrengthSpec[] = [{ sigma: level.sigma }, { snrDb: level.snrDb }];
      if (level.timestep > 0) specs.push({ timestep: level.timestep });
      for (const spec of specs) {
        const other = resolve(spec);
        expect(other.sigma).to.be.closeTo(level.sigma, 1e-9 * level.sigma);
        expect(other.timestep).to.be.closeTo(level.timestep, 1e-9);
        expect(resolve(other.strength).sigma).to.be.closeTo(level.sigma, 1e-9 * level.sigma);
      }
    });
  }

  const refused: [StrengthSpec, RegExp][] = [
    [Number.NaN, /strength.*NaN/],
    [-0.1, /strength.*-0\.1/],
    [1.1, /strength.*1\.1/],
    ['0.4' as unknown as number, /strength must be a number/],
    [{ timestep: 1000 }, /timestep.*999.*1000/],
    [{ timestep: -1 }, /timestep.*-1/],
    [{ timestep: Number.NaN }, /NaN/],
    [{ sigma: -1 }, /sigma.*-1/],
    [{ sigma: 1e6 }, /sigma.*1000000/],
    [{ sigma: Number.NaN }, /NaN/],
    [{ snrDb: -300 }, /snrDb.*-300/],
    [{ snrDb: Number.NaN }, /NaN/],
    [{ timestep: 5, sigma: 1 } as StrengthSpec, /one of timestep, sigma, snrDb.*"sigma":1/],
    [{ sgima: 3 } as unknown as StrengthSpec, /one of timestep, sigma, snrDb.*sgima/],
    [{} as StrengthSpec, /one of timestep, sigma, snrDb/],
  ];
  for (const [spec, message] of refused) {
    it(`of ${typeof spec === 'number' ? spec : Object.entries(spec).join().replace(',', ' ')} is refused`, () => {
      expect(() => resolve(spec))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-strength');
    });
  }
});
