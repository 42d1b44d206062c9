import { type NoiseSchedule, sigmaAt, timestepAt } from './schedule.ts';

/*
 * A position is a place on the way from the clean image, 0, to timestep T - 1. From 1 on it is the timestep. Below 1
 * sigma runs evenly down to 0, where the table of timesteps stops at some noise: so every level that is above 0 has
 * exactly one position, and any number of distinct steps fits below the smallest timestep.
 */

/** Products such as 0.57 * 1000 miss a whole timestep by rounding alone. */
const ROUNDING = 1e-9;

/** A position that misses a whole timestep by rounding alone, made whole. Next to 0 nothing is lost to rounding. */
export const snapped = (position: number): number => {
  const whole = Math.round(position);
  return whole >= 1 && Math.abs(position - whole) < ROUNDING ? whole : position;
};

/** The noise level at a position; a position outside of [0, T - 1] counts as the nearer end. */
export const sigmaAtPosition = (schedule: NoiseSchedule, position: number): number => {
  const place = snapped(position);
  return place >= 1 ? sigmaAt(schedule, place) : Math.max(0, place) * sigmaAt(schedule, 1);
};

/** The position of a noise level: the inverse of {@link sigmaAtPosition}. */
export const positionAt = (schedule: NoiseSchedule, sigma: number): number => {
  const atOne = sigmaAt(schedule, 1);
  return sigma >= atOne ? timestepAt(schedule, sigma) : sigma / atOne;
};
