import { CheckpointError, isCount } from '../errors.ts';
import { alphaBarTable, zeroTerminalSnr } from '../noise/alphaBar.ts';
import { cosineBetas, linearBetas, scaledLinearBetas, sigmoidBetas } from '../noise/betas.ts';
import { type NoiseSchedule, noiseSchedule } from '../noise/schedule.ts';
import type { SchedulerSettings } from './schedulerDefaults.ts';
import { broken, known, readSettings } from './schedulerSettings.ts';

/**
 * What a diffusers `scheduler_config.json` says of the model and of the grid it likes. Which solver it names, of which
 * order, is not read: the caller chooses one.
 */
export type SchedulerConfig = {
  /** The class that it is of, such as `PNDMScheduler`, whose defaults stand for what it does not say. */
  readonly className: string;
  readonly schedule: NoiseSchedule;
  /** What the network's output means. */
  readonly prediction: 'epsilon' | 'v_prediction' | 'sample';
  /** Clean estimates are clipped to [-clip, clip]; undefined: not at all. */
  readonly clip: number | undefined;
  /** How a grid of timesteps is spread over the schedule, unless the caller says otherwise. */
  readonly spacing: 'linspace' | 'leading' | 'trailing';
  readonly stepsOffset: number;
  /** Whether sigmas are spaced after Karras instead. */
  readonly isKarras: boolean;
  /** Whether the last step ends in the clean image; otherwise at the noise level of timestep 0. */
  readonly setAlphaToOne: boolean;
  /** The variance of an ancestral step: the posterior's (small) or beta (large). */
  readonly variance: 'small' | 'large';
  /** How the model was distilled to latent consistency; absent: it was not. */
  readonly consistency?: Consistency;
};

/** What the solver `lcm` goes by. */
export type Consistency = {
  /** Steps of the grid that the model was distilled on, 1 to T. */
  readonly originalSteps: number;
  /** By how much timesteps are multiplied in the boundary condition, above 0. */
  readonly timestepScaling: number;
};

type Fields = Readonly<Record<string, unknown>>;

const SCHEDULES = {
  linear: linearBetas,
  scaled_linear: scaledLinearBetas,
  squaredcos_cap_v2: (count: number) => cosineBetas(count),
  sigmoid: sigmoidBetas,
};
const PREDICTIONS = { epsilon: 'epsilon', v_prediction: 'v_prediction', sample: 'sample' } as const;
const SPACINGS = { linspace: 'linspace', leading: 'leading', trailing: 'trailing' } as const;
const VARIANCES = {
  fixed_small: 'small',
  fixed_small_log: 'small',
  fixed_large: 'large',
  fixed_large_log: 'large',
} as const;

/** The class of models that were distilled to latent consistency. */
const DISTILLED = 'LCMScheduler';

/**
 * What the fields of a `scheduler_config.json` mean, with the defaults of its class for those that are absent or null.
 * As in diffusers, fields of other classes are passed over; those that no class has are refused.
 *
 * @throws CheckpointError `unsupported-config` for what would change the computation and is not known here,
 *   `bad-config` for a value that breaks a rule.
 */
export const parseSchedulerConfig = (fields: Fields): SchedulerConfig => {
  const settings = readSettings(fields);
  const clip = settings.clip_sample ? settings.clip_sample_range : undefined;
  if (clip !== undefined && !(clip > 0)) throw broken('clip_sample_range', clip, 'above 0');
  if (!isCount(settings.steps_offset, 0))
    throw broken('steps_offset', settings.steps_offset, 'an integer of at least 0');
  const className = String(fields['_class_name']);
  return {
    className,
    schedule: readSchedule(settings),
    prediction: known(PREDICTIONS, 'prediction_type', settings.prediction_type),
    clip,
    spacing: known(SPACINGS, 'timestep_spacing', settings.timestep_spacing),
    stepsOffset: settings.steps_offset,
    isKarras: settings.use_karras_sigmas,
    setAlphaToOne: settings.set_alpha_to_one,
    variance: known(VARIANCES, 'variance_type', settings.variance_type),
    ...(className === DISTILLED ? { consistency: readConsistency(settings) } : {}),
  };
};

const readSchedule = (settings: SchedulerSettings): NoiseSchedule => {
  const { num_train_timesteps: count, trained_betas: trained, beta_start, beta_end, beta_schedule } = settings;
  if (trained.length > 0 && trained.length !== count) {
    throw broken('trained_betas', `${trained.length} numbers`, `num_train_timesteps (${count}) numbers`);
  }
  const compute = known(SCHEDULES, 'beta_schedule', beta_schedule);
  try {
    const betas = trained.length > 0 ? trained : compute(count, beta_start, beta_end);
    return noiseSchedule(alphaBarTable(settings.rescale_betas_zero_snr ? zeroTerminalSnr(betas) : betas));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('bad-config', `the scheduler's config gives no noise schedule: ${reason}`, { cause });
  }
};

const readConsistency = (settings: SchedulerSettings): Consistency => {
  const { original_inference_steps: originalSteps, timestep_scaling: timestepScaling } = settings;
  const count = settings.num_train_timesteps;
  if (!isCount(originalSteps) || originalSteps > count) {
    throw broken('original_inference_steps', originalSteps, `an integer from 1 to num_train_timesteps (${count})`);
  }
  if (!(timestepScaling > 0)) throw broken('timestep_scaling', timestepScaling, 'above 0');
  return { originalSteps, timestepScaling };
};
