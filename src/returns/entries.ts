import { ArgumentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { canBend, diffusersLegs } from '../noise/diffusersGrid.ts';
import { returnSigmas, type Spacing } from '../noise/grids.ts';
import { resolveStrength, type StrengthSpec, shareOf } from '../noise/strength.ts';
import { type Leg, legsOf } from '../solvers/index.ts';
import { usualWay } from './usual.ts';

/** What is asked of a way. */
type Asked = {
  readonly strength: StrengthSpec;
  readonly steps: number;
  readonly spacing: Spacing;
  readonly solver: string;
};

/** A way into a grid. A strength of 0 has no legs, in any of them. */
type Entry = {
  /** The spacing where none was asked for. */
  readonly spacingOf: (model: Model, solver: string) => Spacing;
  readonly enter: (model: Model, asked: Asked) => Leg[];
};

/** Every way, by the name that users give. */
export const ENTRIES: Readonly<Record<string, Entry>> = {
  start: {
    spacingOf: (_, solver) => usualWay(solver).spacing,
    enter: ({ scheduler: { schedule } }, { strength, ...asked }) => {
      const start = resolveStrength(schedule, strength);
      const sigmas = returnSigmas(schedule, { start, ...asked });
      return start.sigma === 0 ? [] : legsOf(sigmas);
    },
  },
  diffusers: {
    spacingOf({ scheduler }, solver) {
      if (solver === 'lcm') return 'trailing'; // it has no other
      return scheduler.isKarras && canBend(solver) ? 'karras' : scheduler.spacing;
    },
    enter({ scheduler }, { spacing, strength, ...asked }) {
      if (spacing === 'power') throw noPower();
      const share = shareOf(scheduler.schedule, strength);
      if (share === 0) return [];
      return diffusersLegs(scheduler.schedule, {
        ...asked,
        strength: share,
        spacing: spacing === 'karras' ? scheduler.spacing : spacing,
        stepsOffset: scheduler.stepsOffset,
        karras: spacing === 'karras',
        originalSteps: scheduler.consistency?.originalSteps,
        ...(asked.solver === 'ddim' ? { endsAtZero: scheduler.setAlphaToOne } : {}),
      });
    },
  },
};

const noPower = (): ArgumentError =>
  new ArgumentError(
    'bad-spacing',
    "diffusers has no spacing power; choose leading, trailing, linspace or karras, or the entry 'start'",
  );
