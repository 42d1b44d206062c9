import * as v from 'valibot';
import { between, count, flag, type OptionsOf, oneOf, rule, text } from '../checks.ts';
import type { StrengthSpec } from '../noise/strength.ts';

/** The options of a return, and what each must be. */
export const returnEntries = {
  /** The share of the forward process, t_Boom / T: 0 leaves the image, 1 starts from noise; or another unit. */
  strength: rule<StrengthSpec>(
    (value) => typeof value === 'number' || (typeof value === 'object' && value !== null),
    'a number between 0 and 1, or { timestep }, { sigma } or { snrDb }',
  ),
  /**
   * Denoising steps, all of which run at every strength.
   * @defaultValue 7 for dpm++2m and unipc, 6 for power2m, 4 for lcm, else 10
   */
  steps: v.optional(count()),
  /**
   * `ddim`, `ddpm`, `euler`, `euler-ancestral`, `heun`, `dpm++2m`, `power2m`, `unipc`, or `lcm`, which is for models that
   * were distilled to latent consistency.
   * `power2m` comes nearest to the converged return in 4 or 5 steps (`npm run bench -- solvers`).
   * @defaultValue 'dpm++2m'; 'lcm' for a model whose scheduler is an `LCMScheduler`; 'ddim' where `eta` asks for fresh
   * noise
   */
  solver: v.optional(text),
  /** Share of fresh noise in every step, 0 (none) to 1 (as in DDPM); for the solvers that draw. */
  eta: v.optional(between(0, 1)),
  /**
   * How the steps are spread between the start and 0.
   * @defaultValue 'karras' for dpm++2m and unipc, 'power' for power2m, else 'trailing'; what the model's scheduler says
   * for the entry `diffusers`, which has no `power`, and where lcm has `trailing` alone
   */
  spacing: v.optional(oneOf('trailing', 'leading', 'linspace', 'karras', 'power')),
  /**
   * `start`: the grid is built from the start level down, and all steps run. `diffusers`: the last
   * `int(steps * strength)` of the full grid of `steps` steps run, as in image-to-image pipelines of diffusers; with lcm
   * all `steps` run, on timesteps of the model's distillation. The jump lands on the first of them.
   * @defaultValue 'start'
   */
  entry: v.optional(oneOf('start', 'diffusers')),
  /**
   * How strongly images are led to their prompt or class, and away from the negative prompt or the null label: from 1,
   * which is off and costs nothing, to about 10. Above 1 each step asks the network twice, in one batch; a latent
   * consistency model takes it as a number instead. @defaultValue 1; 8.5 for a latent consistency model
   * @see Ho and Salimans 2022, arXiv:2207.12598, equation 6, with 1 + w for guidance.
   */
  guidance: v.optional(
    rule<number>(
      (value) => typeof value === 'number' && value >= 1 && value < Number.POSITIVE_INFINITY,
      'a finite number of at least 1, which is off',
    ),
  ),
  /**
   * Whether an image that is not thrown, at strength 0, still goes through the autoencoder of a latent model, to see
   * what that alone loses. @defaultValue false: it stays as it is
   */
  roundTrip: v.optional(flag),
} as const;

export const returnSchema = v.strictObject(returnEntries);

/** How far images are thrown and how they come back. @interface */
export type ReturnOptions = OptionsOf<typeof returnSchema>;

/** The options of a return, taken out of others. */
export const returnOptionsOf = (options: ReturnOptions): ReturnOptions => {
  const { strength, steps, solver, eta, spacing, entry, guidance, roundTrip } = options;
  return { strength, steps, solver, eta, spacing, entry, guidance, roundTrip };
};
