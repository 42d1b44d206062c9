import { ArgumentError } from '../errors.ts';

export type LcmTimestepOptions = {
  /** Number of timesteps T of the schedule. */
  readonly count: number;
  /** Steps to take, 1 to T. */
  readonly steps: number;
  /** Share of the forward process that is entered at, in (0, 1]. */
  readonly strength: number;
  /** Steps of the grid that the model was distilled on, 1 to T. */
  readonly originalSteps: number;
};

/**
 * The timesteps of a latent consistency model, falling: of the ones that it was distilled at, every `T // originalSteps`
 * up to the strength, as many as there are steps, evenly by their place.
 *
 * @throws ArgumentError `bad-steps` for more than `originalSteps`; `bad-strength` where fewer of them lie below the strength
 * than there are steps.
 * @see Luo et al. 2023, arXiv:2310.04378, section 4.3; diffusers 0.40, `LCMScheduler.set_timesteps`.
 */
export const lcmTimesteps = ({ count, steps, strength, originalSteps }: LcmTimestepOptions): number[] => {
  const known = Math.trunc(originalSteps * strength); // in doubles, as Python
  if (steps > originalSteps) {
    const rule = `a grid of lcm has at most the ${originalSteps} steps that the model was distilled on`;
    throw new ArgumentError('bad-steps', `${rule}, got ${steps}; 4 are usual`);
  }
  if (steps > known) {
    const rule = `of the ${originalSteps} steps that the model was distilled on, ${known} lie below strength ${strength}`;
    throw new ArgumentError(
      'bad-strength',
      `${rule}, fewer than the ${steps} asked for; raise it, or take fewer steps`,
    );
  }
  const stride = Math.floor(count / originalSteps);
  const apart = known / steps;
  return Array.from({ length: steps }, (_, i) => (known - Math.floor(i * apart)) * stride - 1);
};
