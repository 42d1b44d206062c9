import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { type DiffusersGridOptions, diffusersLegs } from '../../src/noise/diffusersGrid.ts';
import { noiseSchedule, sigmaAt } from '../../src/noise/schedule.ts';

const schedule = noiseSchedule(alphaBarTable(linearBetas(1000)));
const grid = (options: Partial<DiffusersGridOptions>) =>
  diffusersLegs(schedule, { solver: 'ddim', steps: 10, strength: 1, ...options });
const timesteps = (options: Partial<DiffusersGridOptions>) => grid(options).map(({ timestep }) => timestep);

describe('a grid of diffusers', () => {
  it('lies as its spacing says', () => {
    expect(timesteps({ steps: 4 })).to.deep.equal([750, 500, 250, 0]);
    expect(timesteps({ steps: 4, stepsOffset: 1 })).to.deep.equal([751, 501, 251, 1]);
    expect(timesteps({ steps: 4, spacing: 'trailing' })).to.deep.equal([999, 749, 499, 249]);
    expect(timesteps({ steps: 4, spacing: 'linspace' })).to.deep.equal([999, 666, 333, 0]);
    expect(timesteps({ steps: 4, solver: 'dpm++2m' })).to.deep.equal([999, 749, 500, 250]);
    expect(timesteps({ steps: 3, solver: 'euler' })).to.deep.equal([999, 499.5, 0]);
  });

  it('rounds halves to the even neighbour, as NumPy does', () => {
    expect(timesteps({ steps: 16, spacing: 'trailing' }).slice(0, 5)).to.deep.equal([999, 937, 874, 811, 749]);
  });

  it('gives its last int(steps * strength) steps', () => {
    expect(timesteps({ strength: 0.5 })).to.deep.equal([400, 300, 200, 100, 0]);
    expect(timesteps({ strength: 0.49 })).to.deep.equal([300, 200, 100, 0]);
    expect(timesteps({ strength: 0.5, spacing: 'trailing' })).to.deep.equal([499, 399, 299, 199, 99]);
    expect(timesteps({ strength: 0.29, steps: 100 }), '0.29 * 100 is less than 29').to.have.lengthOf(28);
    expect(timesteps({ strength: 0.3, steps: 10 })).to.have.lengthOf(3);
  });

  it('arrives a whole stride lower, at the next grid point or not', () => {
    const [first, second] = grid({ steps: 12, spacing: 'linspace' });
    expect([first?.to, second?.from]).to.deep.equal([sigmaAt(schedule, 999 - 83), sigmaAt(schedule, 908)]);
  });

  it('ends at 0 or at the level of timestep 0', () => {
    expect(grid({}).at(-1)?.to).to.equal(0);
    expect(grid({ endsAtZero: false }).at(-1)?.to).to.equal(sigmaAt(schedule, 0));
    expect(grid({ solver: 'dpm++2m' }).at(-1)?.to).to.equal(Math.fround(sigmaAt(schedule, 0)));
    expect(grid({ solver: 'dpm++2m', endsAtZero: true }).at(-1)?.to).to.equal(0);
  });

  it('falls to first order at the end of a multistep grid below 15 steps', () => {
    const orders = (options: object) =>
      grid({ solver: 'dpm++2m', ...options }).map(({ lowerOrder = false }) => lowerOrder);
    expect(orders({ steps: 14 }).lastIndexOf(true)).to.equal(13);
    expect(orders({ steps: 14 }).indexOf(true)).to.equal(13);
    expect(orders({ steps: 15 })).to.not.include(true);
    expect(orders({ steps: 14, lowerOrderFinal: false })).to.not.include(true);
  });

  it('ends in first order at the end of every grid of unipc, and at 0', () => {
    const orders = (options: object) =>
      grid({ solver: 'unipc', ...options }).map(({ lowerOrder = false }) => lowerOrder);
    expect(orders({ steps: 30 }).indexOf(true)).to.equal(29);
    expect(orders({ steps: 30, lowerOrderFinal: false })).to.not.include(true);
    expect(grid({ solver: 'unipc' }).at(-1)?.to).to.equal(0);
    expect(timesteps({ solver: 'unipc', steps: 4 })).to.deep.equal(timesteps({ solver: 'dpm++2m', steps: 4 }));
  });

  /** From `LCMScheduler.set_timesteps` of diffusers 0.40. */
  for (const [originalSteps, steps, strength, expected] of [
    [50, 4, 1, [999, 759, 499, 259]],
    [50, 4, 0.3, [299, 239, 159, 79]],
    [50, 5, 0.57, [559, 459, 339, 239, 119]],
    [40, 7, 0.29, [274, 249, 199, 174, 124, 99, 49]],
    [33, 3, 0.95, [929, 629, 329]],
    [1000, 4, 0.07, [69, 52, 34, 17]],
    [undefined, 1, 1, [999]],
  ] as const) {
    it(`takes ${steps} of ${originalSteps ?? 'the usual'} distilled steps from strength ${strength}, all of them`, () => {
      const legs = grid({ solver: 'lcm', steps, strength, originalSteps });
      expect(legs.map(({ timestep }) => timestep)).to.deep.equal(expected);
      expect(legs.map(({ from }) => from)).to.deep.equal(expected.map((timestep) => sigmaAt(schedule, timestep)));
      expect(legs.map(({ to }) => to)).to.deep.equal([...legs.slice(1).map(({ from }) => from), 0]);
    });
  }

  it('bends sigmas for the solvers that walk them', () => {
    for (const solver of ['euler', 'heun', 'dpm++2m', 'unipc']) {
      const sigmas = grid({ solver, karras: true }).map(({ from }) => from as number);
      expect(sigmas).to.have.lengthOf(10);
      expect(sigmas[0]).to.equal(Math.fround(sigmaAt(schedule, 999)));
      const roots = sigmas.map((sigma) => sigma ** (1 / 7));
      expect(roots[4]).to.be.closeTo(((roots[3] ?? 0) + (roots[5] ?? 0)) / 2, 1e-6);
    }
    expect(grid({ solver: 'euler', karras: true, steps: 1 })).to.have.lengthOf(1);
  });

  const refused: [Partial<DiffusersGridOptions>, string][] = [
    [{ solver: 'pndm' }, 'unknown-solver'],
    [{ steps: 1.5 }, 'bad-steps'],
    [{ steps: 1001 }, 'bad-steps'],
    [{ steps: 1000, stepsOffset: 1 }, 'bad-steps'],
    [{ steps: 1000, stepsOffset: 1, solver: 'euler', spacing: 'leading' }, 'bad-steps'],
    [{ strength: 0 }, 'bad-strength'],
    [{ strength: Number.NaN }, 'bad-strength'],
    [{ strength: 0.09 }, 'bad-strength'],
    [{ karras: true }, 'bad-spacing'],
    [{ solver: 'ddpm', karras: true }, 'bad-spacing'],
    [{ solver: 'lcm', karras: true }, 'bad-spacing'],
    [{ solver: 'lcm', spacing: 'leading' }, 'bad-spacing'],
    [{ solver: 'lcm', steps: 51 }, 'bad-steps'],
    [{ solver: 'lcm', steps: 8, strength: 0.15 }, 'bad-strength'],
  ];
  for (const [options, code] of refused) {
    it(`refuses ${Object.entries(options).join(' and ').replaceAll(',', ' ')}`, () => {
      expect(() => grid(options))
        .to.throw(ArgumentError)
        .with.property('code', code);
    });
  }
});
