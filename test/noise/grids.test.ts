import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { cosineBetas, linearBetas } from '../../src/noise/betas.ts';
import { returnSigmas, type Spacing } from '../../src/noise/grids.ts';
import { karrasSigmas } from '../../src/noise/karras.ts';
import { batchSigmas, legsOf } from '../../src/noise/leg.ts';
import { noiseSchedule, timestepAt } from '../../src/noise/schedule.ts';
import { resolveStrength } from '../../src/noise/strength.ts';

const SPACINGS: Spacing[] = ['trailing', 'leading', 'linspace', 'karras', 'power'];
const linear = noiseSchedule(alphaBarTable(linearBetas(1000)));
const cosine = noiseSchedule(alphaBarTable(cosineBetas(50)));

/** The timesteps at which the network is asked. */
const timesteps = (strength: number, steps: number, spacing: Spacing): number[] => {
  const sigmas = returnSigmas(linear, { start: resolveStrength(linear, strength), steps, spacing });
  return sigmas.slice(0, -1).map((sigma) => timestepAt(linear, sigma));
};

for (const spacing of SPACINGS) {
  describe(`a grid of ${spacing} spacing`, () => {
    for (const strength of [1e-5, 0.0007, 0.001, 0.003, 0.0123, 0.4, 0.77777, 1]) {
      it(`takes as many steps as asked for from ${strength}, falling from the start itself to 0`, () => {
        for (const schedule of [linear, cosine]) {
          for (const steps of [1, 2, 3, 10, 50, 1000]) {
            const start = resolveStrength(schedule, strength);
            const sigmas = returnSigmas(schedule, { start, steps, spacing });
            expect(sigmas).to.have.lengthOf(steps + 1);
            expect(sigmas[0]).to.equal(start.sigma);
            expect(sigmas.at(-1)).to.equal(0);
            for (const { from, to } of legsOf(sigmas)) expect(from).to.be.above(to as number);
          }
        }
      });
    }

    it('stays at 0 from a start of 0', () => {
      expect(returnSigmas(linear, { start: { sigma: 0 }, steps: 2, spacing })).to.deep.equal([0, 0, 0]);
    });

    for (const steps of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      it(`refuses ${steps} steps`, () => {
        const start = resolveStrength(linear, 0.4);
        expect(() => returnSigmas(linear, { start, steps, spacing }))
          .to.throw(ArgumentError, `${steps}`)
          .with.property('code', 'bad-steps');
      });
    }
  });
}

describe('spacings', () => {
  it('trail on whole timesteps where they are distinct, and on fractions where not', () => {
    expect(timesteps(0.4, 4, 'trailing')).to.deep.equal([400, 300, 200, 100]);
    expect(timesteps(0.4, 3, 'trailing')).to.deep.equal([400, 267, 133]);
    expect(timesteps(0.003, 2, 'trailing')).to.deep.equal([3, 2]);
    expect(timesteps(0.003, 4, 'trailing')[1]).to.be.closeTo(2.25, 1e-9);
  });
  it('lead in whole strides down to timestep 0', () => {
    expect(timesteps(0.4, 4, 'leading')).to.deep.equal([400, 200, 100, 0]);
    expect(timesteps(0.41, 4, 'leading')).to.deep.equal([410, 204, 102, 0]);
  });
  it('run evenly to timestep 0, or stay at the start for a single step', () => {
    const [first, middle, last] = timesteps(0.4, 3, 'linspace');
    expect([first, last]).to.deep.equal([400, 0]);
    expect(middle).to.be.closeTo(200, 0.5);
    expect(timesteps(0.4, 1, 'linspace')).to.deep.equal([400]);
  });
  it('run evenly after a power, all the way to 0', () => {
    const sigmas = (sigma: number) => returnSigmas(linear, { start: { sigma }, steps: 4, spacing: 'power' });
    for (const [i, sigma] of sigmas(0.01).entries()) expect((sigma / 0.01) ** (1 / 2.5)).to.be.closeTo(1 - i / 4, 1e-2);
    const [first = 0, second = 0, third = 0] = sigmas(150);
    expect(second / first).to.be.closeTo(0.25, 0.02); // above a level of 4 it falls in ratios
    expect(third / second).to.be.below(second / first);
  });
  it('refuse a name that is not theirs', () => {
    const build = (): number[] => returnSigmas(linear, { start: { sigma: 1 }, steps: 2, spacing: 'even' as Spacing });
    expect(build)
      .to.throw(ArgumentError, /trailing/)
      .with.property('code', 'unknown-spacing');
  });
});

describe('Karras sigmas', () => {
  it('are even after a power of 1/rho', () => {
    const sigmas = karrasSigmas({ steps: 9, sigmaMin: 0.1, sigmaMax: 5, rho: 3 }).slice(0, -1);
    const roots = sigmas.map((sigma) => sigma ** (1 / 3));
    const gap = ((roots[0] ?? 0) - (roots.at(-1) ?? 0)) / 8;
    for (const { from, to } of legsOf(roots)) expect((from as number) - (to as number)).to.be.closeTo(gap, 1e-12);
  });
  it('begin and end exactly where told, then at 0', () => {
    const sigmas = karrasSigmas({ steps: 5, sigmaMin: 0.1, sigmaMax: 5 });
    expect([sigmas[0], ...sigmas.slice(-2)]).to.deep.equal([5, 0.1, 0]);
    expect(karrasSigmas({ steps: 1, sigmaMin: 0.1, sigmaMax: 5 })).to.deep.equal([5, 0]);
  });
  it('refuse what cannot be spaced', () => {
    const refuses = (change: object, code: string, message: RegExp): void => {
      expect(() => karrasSigmas({ steps: 2, sigmaMin: 0.1, sigmaMax: 5, ...change }))
        .to.throw(ArgumentError, message)
        .with.property('code', code);
    };
    refuses({ steps: 2.5 }, 'bad-steps', /2\.5/);
    refuses({ sigmaMin: 0 }, 'bad-sigma-range', /5 to 0/);
    refuses({ sigmaMin: 6 }, 'bad-sigma-range', /5 to 6/);
    refuses({ sigmaMax: Number.POSITIVE_INFINITY }, 'bad-sigma-range', /Infinity/);
    refuses({ sigmaMin: Number.NaN }, 'bad-sigma-range', /NaN/);
    refuses({ rho: 0 }, 'bad-rho', /0/);
  });
});

describe('levels of a batch', () => {
  it('are one for each image at each step', () => {
    expect(
      batchSigmas([
        [2, 1, 0],
        [4, 3, 0],
      ]),
    ).to.deep.equal([
      [2, 4],
      [1, 3],
      [0, 0],
    ]);
  });
  it('refuse walks of different length', () => {
    expect(() =>
      batchSigmas([
        [2, 1, 0],
        [1, 0],
      ]),
    )
      .to.throw(ArgumentError, /2 and 1/)
      .with.property('code', 'bad-sigmas');
  });
});
