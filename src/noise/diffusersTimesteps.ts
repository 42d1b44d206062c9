/** How diffusers spreads timesteps over a schedule; the names are its own `timestep_spacing`. */
export type DiffusersSpacing = 'leading' | 'linspace' | 'trailing';

export type TimestepOptions = {
  /** Number of timesteps T of the schedule. */
  readonly count: number;
  /** Steps of the full grid, at most T. */
  readonly steps: number;
  /** Added to every timestep of `leading` spacing. */
  readonly offset: number;
  /** Lays `linspace` and `leading` for one step more, and leaves the cleanest point out. */
  readonly dropsLast: boolean;
  /** Whether `linspace` is rounded to whole timesteps. */
  readonly isWhole: boolean;
};

/** The timesteps of a full grid, falling, before it is entered. Fractions are float32 values. */
export const DIFFUSERS_TIMESTEPS: Readonly<Record<DiffusersSpacing, (options: TimestepOptions) => number[]>> = {
  linspace: ({ count, steps, dropsLast, isWhole }) => {
    const points = dropsLast ? steps + 1 : steps;
    const round = isWhole ? roundHalfEven : Math.fround;
    const at = (i: number): number => round(i * ((count - 1) / Math.max(1, points - 1)));
    return distinct(falling(points, at).slice(0, steps)); // as many steps as timesteps, and one is met twice
  },
  leading: ({ count, steps, offset, dropsLast }) => {
    const points = dropsLast ? steps + 1 : steps;
    const stride = Math.floor(count / points);
    return distinct(falling(points, (i) => i * stride + offset).slice(0, steps));
  },
  trailing: ({ count, steps }) => {
    const stride = count - count / steps - count; // as NumPy's arange steps, which decides where a half is rounded to
    return Array.from({ length: steps }, (_, i) => roundHalfEven(count + i * stride) - 1);
  },
};

const falling = (points: number, at: (i: number) => number): number[] =>
  Array.from({ length: points }, (_, i) => at(points - 1 - i));

const distinct = (numbers: readonly number[]): number[] => [...new Set(numbers)];

/** Rounds as NumPy does: halves go to the even neighbour. */
const roundHalfEven = (value: number): number => {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
};
