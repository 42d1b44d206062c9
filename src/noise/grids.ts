import { pick } from '../errors.ts';
import { checkSteps, karrasSigmas } from './karras.ts';
import { positionAt, sigmaAtPosition } from './position.ts';
import { type NoiseSchedule, sigmaAt } from './schedule.ts';

/** How steps are spread between the start and 0. */
export type Spacing = 'trailing' | 'leading' | 'linspace' | 'karras' | 'power';

export type ReturnGridOptions = {
  /** The level that the return starts from, as `resolveStrength` gives it. */
  readonly start: { readonly sigma: number };
  /** Denoising steps, an integer of at least 1; as many run at every strength. */
  readonly steps: number;
  /**
   * `trailing`: even timesteps, whole ones where they stay distinct. `linspace`: evenly from the start to timestep 0.
   * `leading`: multiples of the whole stride `floor(start / steps)`, timestep 0 included, below the start; what is left
   * over makes the first step long. `karras`: even after a power, dense at low noise, down to timestep 0. `power`: even
   * after a smaller power, all the way to 0, and after the logarithm where there is far more noise than image.
   */
  readonly spacing: Spacing;
};

/**
 * The noise levels of a return, built from its start down. The start is met exactly: a jump that lands between the
 * points of a fixed grid leaves noise in the image.
 *
 * @returns `steps + 1` sigmas, strictly falling from the start's to 0; all 0 for a start of 0, so that an image that
 *   stays can share a batch.
 * @throws ArgumentError `bad-steps`, `unknown-spacing`.
 */
export const returnSigmas = (schedule: NoiseSchedule, { start, steps, spacing }: ReturnGridOptions): number[] => {
  checkSteps(steps);
  const place = pick(SPACINGS, spacing, 'spacing');
  if (start.sigma === 0) return new Array<number>(steps + 1).fill(0);
  return [start.sigma, ...place(schedule, start.sigma, steps).slice(1, steps), 0];
};

/** Places `steps` sigmas from the start down, 0 not included. */
type Placement = (schedule: NoiseSchedule, start: number, steps: number) => number[];

const trailing: Placement = (schedule, start, steps) => {
  const from = positionAt(schedule, start);
  const even = Array.from({ length: steps }, (_, i) => from * (1 - i / steps));
  const whole = even.map((position, i) => (i === 0 ? position : Math.round(position)));
  const areDistinct = whole.every(
    (position, i) => position >= 1 && position < (whole[i - 1] ?? Number.POSITIVE_INFINITY),
  );
  return (areDistinct ? whole : even).map((position) => sigmaAtPosition(schedule, position));
};

const leading: Placement = (schedule, start, steps) => {
  const from = positionAt(schedule, start);
  const stride = Math.floor(from / steps) || from / steps;
  const inner = Array.from({ length: steps - 1 }, (_, i) => (steps - 1 - i) * stride);
  return [...inner, lowestPosition(schedule, stride)].map((position) => sigmaAtPosition(schedule, position));
};

const linspace: Placement = (schedule, start, steps) => {
  const from = positionAt(schedule, start);
  const lowest = lowestPosition(schedule, from);
  const even = Array.from({ length: steps }, (_, i) => from + (i / Math.max(1, steps - 1)) * (lowest - from));
  return even.map((position) => sigmaAtPosition(schedule, position));
};

const karras: Placement = (schedule, start, steps) => {
  const lowest = sigmaAtPosition(schedule, lowestPosition(schedule, positionAt(schedule, start)));
  return karrasSigmas({ steps, sigmaMin: lowest, sigmaMax: start });
};

/** The position of timestep 0; half of `limit` where timestep 0 leaves no room below that for steps between them. */
const lowestPosition = (schedule: NoiseSchedule, limit: number): number => {
  const lowest = positionAt(schedule, sigmaAt(schedule, 0));
  return lowest > 0 && lowest < 0.9 * limit ? lowest : limit / 2;
};

/**
 * Even in arsinh((sigma / TURN)^(1 / RHO)): below TURN that is Karras' rule with a gentler bend and without a smallest
 * level, above it the logarithm. A power alone spends steps of few on levels at which no image is seen yet.
 */
const RHO = 2.5;
const TURN = 4;
const power: Placement = (_, start, steps) => {
  const high = Math.asinh((start / TURN) ** (1 / RHO));
  return Array.from({ length: steps }, (_, i) => TURN * Math.sinh(high * (1 - i / steps)) ** RHO);
};

const SPACINGS: Readonly<Record<Spacing, Placement>> = { trailing, leading, linspace, karras, power };
