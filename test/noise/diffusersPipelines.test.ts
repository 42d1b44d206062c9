import { expect } from 'chai';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { linearBetas } from '../../src/noise/betas.ts';
import { diffusersLegs } from '../../src/noise/diffusersGrid.ts';
import type { DiffusersSpacing } from '../../src/noise/diffusersTimesteps.ts';
import { noiseSchedule, sigmaAt, timestepAt } from '../../src/noise/schedule.ts';

/*
 * What image-to-image pipelines of diffusers do, written down from their documentation and not from our grids:
 * `get_timesteps` takes `scheduler.timesteps[t_start * scheduler.order:]` with
 * `t_start = max(steps - min(int(steps * strength), steps), 0)`, and the images are noised to the first of them.
 */
const T = 1000;
const OFFSET = 1;
const SPACINGS: readonly DiffusersSpacing[] = ['leading', 'trailing', 'linspace'];
const STEPS = [5, 10, 25, 48, 100];
const STRENGTHS = [0.1, 0.2, 0.29, 0.3, 0.5, 0.57, 0.7, 0.95, 1];

const range = (count: number): number[] => [...Array(count).keys()];
/** NumPy rounds halves to the even neighbour. */
const round = (value: number): number => {
  const down = Math.floor(value);
  return value - down === 0.5 ? down + (down % 2) : Math.round(value);
};
const linspace = (points: number): number[] => range(points).map((i) => (i * (T - 1)) / (points - 1));
/** `np.arange(T, 0, -T / steps)`, which adds up one rounded stride. */
const downward = (steps: number): number[] => range(steps).map((i) => T + i * (T - T / steps - T));

type Layout = Readonly<Record<DiffusersSpacing, (steps: number) => number[]>>;
const whole: Layout = {
  leading: (steps) =>
    range(steps)
      .map((i) => i * Math.floor(T / steps) + OFFSET)
      .reverse(),
  trailing: (steps) => downward(steps).map((t) => round(t) - 1),
  linspace: (steps) => linspace(steps).map(round).reverse(),
};
const multistep: Layout = {
  ...whole,
  leading: (steps) =>
    range(steps + 1)
      .map((i) => i * Math.floor(T / (steps + 1)) + OFFSET)
      .reverse()
      .slice(0, -1),
  linspace: (steps) =>
    linspace(steps + 1)
      .map(round)
      .reverse()
      .slice(0, -1),
};
const fractions: Layout = { ...whole, linspace: (steps) => linspace(steps).map(Math.fround).reverse() };
/** Heun's scheduler is of order 2: it lists every timestep but the first one twice. */
const twice: Layout = {
  leading: (steps) => fractions.leading(steps).flatMap((t, i) => (i === 0 ? [t] : [t, t])),
  trailing: (steps) => fractions.trailing(steps).flatMap((t, i) => (i === 0 ? [t] : [t, t])),
  linspace: (steps) => fractions.linspace(steps).flatMap((t, i) => (i === 0 ? [t] : [t, t])),
};
const SCHEDULERS = {
  ddpm: { layout: whole, order: 1 },
  ddim: { layout: whole, order: 1 },
  euler: { layout: fractions, order: 1 },
  'euler-ancestral': { layout: fractions, order: 1 },
  heun: { layout: twice, order: 2 },
  'dpm++2m': { layout: multistep, order: 1 },
  unipc: { layout: multistep, order: 1 },
};
type Name = keyof typeof SCHEDULERS;

const pipelineTimesteps = (name: Name, spacing: DiffusersSpacing, steps: number, strength: number): number[] => {
  const { layout, order } = SCHEDULERS[name];
  const start = Math.max(steps - Math.min(Math.trunc(steps * strength), steps), 0);
  return layout[spacing](steps).slice(start * order);
};

const schedule = noiseSchedule(alphaBarTable(linearBetas(T)));
const SETTINGS = SPACINGS.flatMap((spacing) =>
  STEPS.flatMap((steps) => STRENGTHS.map((strength) => ({ spacing, steps, strength }))),
);

describe('image-to-image in the way of diffusers', () => {
  it('is compared in 135 settings', () => expect(SETTINGS).to.have.lengthOf(135));

  for (const name of Object.keys(SCHEDULERS) as Name[]) {
    it(`asks ${name} at the timesteps of the pipelines, and jumps to the first of them`, () => {
      for (const { spacing, steps, strength } of SETTINGS) {
        const grid = () => diffusersLegs(schedule, { solver: name, steps, strength, spacing, stepsOffset: OFFSET });
        const expected = pipelineTimesteps(name, spacing, steps, strength);
        const setting = `${steps} ${spacing} steps at ${strength}`;
        if (expected.length === 0) {
          expect(grid, setting)
            .to.throw(/raise the strength/)
            .with.property('code', 'bad-strength');
          continue;
        }
        const legs = grid();
        const corrected = ({ to }: { to: unknown }): number[] =>
          name === 'heun' && to !== 0 ? [timestepAt(schedule, to as number)] : [];
        const asked = legs.flatMap((leg) => [leg.timestep ?? Number.NaN, ...corrected(leg)]);
        expect(asked, setting).to.have.lengthOf(expected.length);
        for (const [i, timestep] of asked.entries()) expect(timestep, setting).to.be.closeTo(expected[i] ?? -1, 1e-3);
        const jump = sigmaAt(schedule, expected[0] ?? -1);
        expect(legs[0]?.from, setting).to.be.closeTo(jump, 1e-6 * jump);
      }
    });
  }

  it('takes the last steps of a Karras grid too, whose levels stay those of the full one', () => {
    for (const solver of ['euler', 'euler-ancestral', 'heun', 'dpm++2m', 'unipc']) {
      const grid = (strength: number) => diffusersLegs(schedule, { solver, steps: 12, strength, karras: true });
      for (const [strength, taken] of [
        [0.3, 3],
        [0.5, 6],
        [0.99, 11],
      ] as const) {
        expect(grid(strength)).to.deep.equal(grid(1).slice(12 - taken));
      }
    }
  });
});
