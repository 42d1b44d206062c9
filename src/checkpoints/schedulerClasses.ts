import { type HARMLESS, OPTIONAL, type SchedulerSettings, SHARED } from './schedulerDefaults.ts';

type Own = Partial<SchedulerSettings>;

const having = (...names: readonly (keyof typeof OPTIONAL)[]): Own =>
  Object.fromEntries(names.map((name) => [name, OPTIONAL[name]]));
const harmless = (...names: readonly (keyof typeof HARMLESS)[]): Own =>
  Object.fromEntries(names.map((name) => [name, undefined]));

const linspace = having('timestep_spacing', 'steps_offset');
const leading = { ...linspace, timestep_spacing: 'leading' };
const sigmas = having('use_karras_sigmas', 'use_exponential_sigmas', 'use_beta_sigmas');
const thresholded = { ...having('thresholding'), ...harmless('dynamic_thresholding_ratio', 'sample_max_value') };
const latent = { beta_start: 0.00085, beta_end: 0.012 };
/** What the solvers of high order share. */
const exponential = {
  ...having('use_flow_sigmas', 'use_dynamic_shifting'),
  ...harmless('solver_order', 'solver_type', 'lower_order_final', 'flow_shift', 'time_shift_type'),
  ...sigmas,
  ...thresholded,
};
const dpmSolver = {
  ...exponential,
  ...having('final_sigmas_type', 'lambda_min_clipped', 'variance_type'),
  ...harmless('algorithm_type'),
};

/** By class: the parameters that it has beside the shared ones, and the defaults in which it differs. */
const CLASSES: Readonly<Record<string, Own>> = {
  DDPMScheduler: {
    ...leading,
    ...having('clip_sample_range', 'rescale_betas_zero_snr', 'variance_type'),
    ...thresholded,
    clip_sample: true,
  },
  DDIMScheduler: {
    ...leading,
    ...having('clip_sample_range', 'rescale_betas_zero_snr', 'set_alpha_to_one'),
    ...thresholded,
    clip_sample: true,
  },
  PNDMScheduler: { ...leading, ...harmless('skip_prk_steps'), set_alpha_to_one: false },
  LMSDiscreteScheduler: { ...linspace, ...sigmas },
  EulerDiscreteScheduler: {
    ...linspace,
    ...sigmas,
    ...having('rescale_betas_zero_snr', 'timestep_type', 'interpolation_type', 'final_sigmas_type'),
    ...having('sigma_min', 'sigma_max'),
  },
  EulerAncestralDiscreteScheduler: { ...linspace, ...having('rescale_betas_zero_snr') },
  HeunDiscreteScheduler: { ...linspace, ...sigmas, ...latent, ...having('clip_sample', 'clip_sample_range') },
  KDPM2DiscreteScheduler: { ...linspace, ...sigmas, ...latent },
  KDPM2AncestralDiscreteScheduler: { ...linspace, ...sigmas, ...latent },
  DPMSolverMultistepScheduler: {
    ...linspace,
    ...dpmSolver,
    ...having('rescale_betas_zero_snr', 'use_lu_lambdas'),
    ...harmless('euler_at_final'),
  },
  DPMSolverSinglestepScheduler: dpmSolver, // always linspace
  DEISMultistepScheduler: { ...linspace, ...exponential, ...harmless('algorithm_type') },
  UniPCMultistepScheduler: {
    ...linspace,
    ...exponential,
    ...having('final_sigmas_type', 'rescale_betas_zero_snr', 'sigma_min', 'sigma_max'),
    ...harmless('predict_x0', 'disable_corrector', 'solver_p', 'shift_terminal'),
  },
  LCMScheduler: {
    ...leading,
    ...latent,
    beta_schedule: 'scaled_linear',
    ...having('original_inference_steps', 'timestep_scaling', 'clip_sample', 'clip_sample_range'),
    ...having('set_alpha_to_one', 'rescale_betas_zero_snr'),
    ...thresholded,
  },
};

/** The defaults of each class, under the names of exactly its parameters. */
export const DEFAULTS: Readonly<Record<string, Own>> = Object.fromEntries(
  Object.entries(CLASSES).map(([name, own]) => [name, { ...SHARED, ...own }]),
);
