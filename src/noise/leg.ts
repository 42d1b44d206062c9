import { ArgumentError } from '../errors.ts';

/** A noise level in units of image standard deviation: one for the batch, or one for each image. */
export type Level = number | readonly number[];

/** One step of a return. */
export type Leg = {
  /** The level that the step starts from, where the network is asked. */
  readonly from: Level;
  /** The level that it arrives at, nowhere above `from`. The next leg may start elsewhere: see `walk`. */
  readonly to: Level;
  /** The timestep that the network is told, where it is not simply the one at `from`. */
  readonly timestep?: number;
  /** Multistep solvers shall take this step as their first one, without regard to the past. */
  readonly lowerOrder?: boolean;
  /** The levels are a float32 table's, and ddpm shall round its shares as diffusers does. */
  readonly rounded?: boolean;
};

/** The steps between neighbouring levels: `sigmas.length - 1` legs. */
export const legsOf = (sigmas: readonly Level[]): Leg[] =>
  sigmas.slice(1).map((to, i) => ({ from: sigmas[i] ?? to, to }));

/**
 * Turns one list of sigmas for each image into one list of levels for the batch, so that images of different
 * strengths walk together.
 *
 * @param each lists of equal length. A list of zeros keeps its image as it is.
 * @throws ArgumentError `bad-sigmas`.
 */
export const batchSigmas = (each: readonly (readonly number[])[]): Level[] => {
  const [first = []] = each;
  const other = each.find((sigmas) => sigmas.length !== first.length);
  if (other !== undefined) {
    throw new ArgumentError(
      'bad-sigmas',
      `images that walk together must take equally many steps, got ${first.length - 1} and ${other.length - 1}`,
    );
  }
  return first.map((_, i) => each.map((sigmas) => sigmas[i] ?? Number.NaN));
};
