/** The parameters that every scheduler class of diffusers has, with the defaults of most. */
const SHARED = {
  num_train_timesteps: 1000,
  beta_start: 1e-4,
  beta_end: 0.02,
  beta_schedule: 'linear',
  trained_betas: [] as readonly number[], // none: computed
  prediction_type: 'epsilon',
  timestep_spacing: 'leading',
  steps_offset: 0,
};

/** Parameters that only some classes have, with the values that stand for their absence. */
const ABSENT = {
  clip_sample: false,
  clip_sample_range: 1,
  set_alpha_to_one: true,
  rescale_betas_zero_snr: false,
  variance_type: 'fixed_small',
  use_karras_sigmas: false,
};

/** Parameters that change the computation, with the only values that are supported. */
export const ONLY = {
  thresholding: false,
  timestep_type: 'discrete',
  interpolation_type: 'linear',
  final_sigmas_type: 'zero',
  use_exponential_sigmas: false,
  use_beta_sigmas: false,
  use_lu_lambdas: false,
  use_flow_sigmas: false,
};

const OPTIONAL = { ...ABSENT, ...ONLY };

/** All parameters that are read, with their values. */
export type SchedulerSettings = typeof SHARED & typeof OPTIONAL;

const having = (...names: readonly (keyof typeof OPTIONAL)[]): Partial<SchedulerSettings> =>
  Object.fromEntries(names.map((name) => [name, OPTIONAL[name]]));
const linspace = { timestep_spacing: 'linspace' };

/** By class: the optional parameters that it has, and the defaults in which it differs. */
const CLASSES: Readonly<Record<string, Partial<SchedulerSettings>>> = {
  DDPMScheduler: {
    ...having('clip_sample_range', 'rescale_betas_zero_snr', 'variance_type', 'thresholding'),
    clip_sample: true,
  },
  DDIMScheduler: {
    ...having('clip_sample_range', 'rescale_betas_zero_snr', 'set_alpha_to_one', 'thresholding'),
    clip_sample: true,
  },
  PNDMScheduler: { set_alpha_to_one: false },
  EulerDiscreteScheduler: {
    ...having('rescale_betas_zero_snr', 'use_karras_sigmas', 'use_exponential_sigmas', 'use_beta_sigmas'),
    ...having('timestep_type', 'interpolation_type', 'final_sigmas_type'),
    ...linspace,
  },
  EulerAncestralDiscreteScheduler: { ...having('rescale_betas_zero_snr'), ...linspace },
  HeunDiscreteScheduler: {
    ...having('clip_sample', 'clip_sample_range', 'use_karras_sigmas', 'use_exponential_sigmas', 'use_beta_sigmas'),
    ...linspace,
    beta_start: 0.00085,
    beta_end: 0.012,
  },
  DPMSolverMultistepScheduler: {
    ...having('rescale_betas_zero_snr', 'variance_type', 'thresholding', 'use_karras_sigmas', 'use_exponential_sigmas'),
    ...having('use_beta_sigmas', 'use_lu_lambdas', 'use_flow_sigmas', 'final_sigmas_type'),
    ...linspace,
  },
};

/** The defaults of each class, under the names of exactly its parameters. */
export const DEFAULTS: Readonly<Record<string, Partial<SchedulerSettings>>> = Object.fromEntries(
  Object.entries(CLASSES).map(([name, own]) => [name, { ...SHARED, ...own }]),
);

/** The settings of a class whose config gives some of its parameters. */
export const complete = (
  defaults: Partial<SchedulerSettings>,
  given: Partial<SchedulerSettings>,
): SchedulerSettings => ({
  ...SHARED,
  ...OPTIONAL,
  ...defaults,
  ...given,
});
