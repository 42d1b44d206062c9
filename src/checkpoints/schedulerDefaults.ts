/** The parameters that every scheduler class of diffusers has, with the defaults of most. */
export const SHARED = {
  num_train_timesteps: 1000,
  beta_start: 1e-4,
  beta_end: 0.02,
  beta_schedule: 'linear',
  trained_betas: [] as readonly number[], // none: computed
  prediction_type: 'epsilon',
};

/** Parameters that only some classes have, with the values that stand for their absence. */
const ABSENT = {
  timestep_spacing: 'linspace',
  steps_offset: 0,
  clip_sample: false,
  clip_sample_range: 1,
  set_alpha_to_one: true,
  rescale_betas_zero_snr: false,
  variance_type: 'fixed_small',
  use_karras_sigmas: false,
  original_inference_steps: 50,
  timestep_scaling: 10,
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
  use_dynamic_shifting: false,
  lambda_min_clipped: Number.NEGATIVE_INFINITY,
  sigma_min: null,
  sigma_max: null,
};

/** Parameters that change nothing that is computed here, and why. */
export const HARMLESS = {
  dynamic_thresholding_ratio: 'only thresholding reads it, which is refused',
  sample_max_value: 'only thresholding reads it, which is refused',
  flow_shift: 'only flow sigmas read it, which are refused',
  shift_terminal: 'only flow sigmas read it, which are refused',
  time_shift_type: 'only dynamic shifting reads it, which is refused',
  solver_order: 'the caller chooses the solver',
  algorithm_type: 'the caller chooses the solver',
  solver_type: 'the caller chooses the solver',
  lower_order_final: 'the caller chooses the solver',
  euler_at_final: 'the caller chooses the solver',
  skip_prk_steps: 'the caller chooses the solver',
  predict_x0: 'the caller chooses the solver',
  disable_corrector: 'the caller chooses the solver',
  solver_p: 'the caller chooses the solver',
} as const;

export const OPTIONAL = { ...ABSENT, ...ONLY };

/** All parameters that are read, with their values. */
export type SchedulerSettings = typeof SHARED & typeof OPTIONAL;

/**
 * Parameters of the other classes of diffusers 0.40 and of old ones. Configs keep them when the class is changed, and a
 * class that does not have them passes them over, here as there.
 */
const ELSEWHERE = new Set(
  `alpha_cum_end alpha_cum_start base_image_seq_len base_shift beta_max beta_min block_length clip_denoised
  correct_steps corrector_k corrector_order corrector_selection corrector_selection_tau corrector_steps
  editing_threshold entropy_bound eta gamma gamma_cum_end gamma_cum_start invert_sigmas mask_token_id masking_schedule
  max_image_seq_len max_shift minimal_topk noise_sampler_seed num_inference_steps num_vec_classes predict_epsilon
  predictor_order rho s s_churn s_max s_min s_noise sampling_eps scale_factors scaler scheduler_type shift sigma_data
  sigma_schedule snr snr_shift_scale stage_range stages stochastic_sampling t_max t_min tau_func tensor_format
  threshold timestep_values upscale_mode`.split(/\s+/),
);

/** Whether any scheduler of diffusers has such a parameter; a name that none has is misspelt, or changes who knows what. */
export const isSchedulerField = (name: string): boolean =>
  name.startsWith('_') || name in SHARED || name in OPTIONAL || name in HARMLESS || ELSEWHERE.has(name);

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
