import { CheckpointError, isCount } from '../errors.ts';
import { alphaBarTable, zeroTerminalSnr } from '../noise/alphaBar.ts';
import { cosineBetas, linearBetas, scaledLinearBetas, sigmoidBetas } from '../noise/betas.ts';
import { type NoiseSchedule, noiseSchedule } from '../noise/schedule.ts';
import { complete, DEFAULTS, HARMLESS, isSchedulerField, ONLY, type SchedulerSettings } from './schedulerDefaults.ts';

/**
 * What a diffusers `scheduler_config.json` says of the model and of the grid it likes. Which solver it names, of which
 * order, is not read: the caller chooses one.
 */
export type SchedulerConfig = {
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
  return {
    schedule: readSchedule(settings),
    prediction: known(PREDICTIONS, 'prediction_type', settings.prediction_type),
    clip,
    spacing: known(SPACINGS, 'timestep_spacing', settings.timestep_spacing),
    stepsOffset: settings.steps_offset,
    isKarras: settings.use_karras_sigmas,
    setAlphaToOne: settings.set_alpha_to_one,
    variance: known(VARIANCES, 'variance_type', settings.variance_type),
  };
};

const readSettings = (fields: Fields): SchedulerSettings => {
  const { _class_name: name, predict_epsilon: oldPrediction, prediction_type: prediction } = fields;
  if (oldPrediction === false && prediction === undefined) {
    throw unsupported('predict_epsilon', false, 'true; write "prediction_type": "sample" instead');
  }
  const defaults = known(DEFAULTS, '_class_name', name);
  refuseUnknown(fields);
  const given = Object.entries(fields).filter(
    ([field, value]) => Object.hasOwn(defaults, field) && !Object.hasOwn(HARMLESS, field) && value !== null,
  );
  for (const [field, value] of given) {
    if (!Object.hasOwn(ONLY, field)) checkKind(field, value, typeof defaults[field as keyof SchedulerSettings]);
  }
  const settings = complete(defaults, Object.fromEntries(given));
  for (const [field, only] of Object.entries(ONLY)) {
    const value = settings[field as keyof typeof ONLY];
    if (value !== only) throw unsupported(field, value, String(only));
  }
  return settings;
};

const refuseUnknown = (fields: Fields): void => {
  for (const [field, value] of Object.entries(fields)) {
    if (isSchedulerField(field) || value === null || value === false) continue; // an option that is not in use
    const rule = `the scheduler's config has ${field} ${shown(value)}, which no scheduler of diffusers has`;
    throw new CheckpointError('unsupported-config', `${rule}; remove it if it does not change the schedule`);
  }
};

const checkKind = (field: string, value: unknown, kind: string): void => {
  if (field === 'trained_betas') {
    const isNumbers = Array.isArray(value) && value.every((beta) => typeof beta === 'number' && beta > 0 && beta <= 1);
    if (!isNumbers) throw broken(field, value, 'a list of numbers within (0, 1]');
  } else if (typeof value !== kind) throw broken(field, value, `a ${kind}`);
  else if (kind === 'number' && !Number.isFinite(value)) throw broken(field, value, 'a finite number');
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

const known = <T>(table: Readonly<Record<string, T>>, field: string, value: unknown): T => {
  const entry = typeof value === 'string' && Object.hasOwn(table, value) ? table[value] : undefined;
  if (entry === undefined) throw unsupported(field, value, Object.keys(table).join(', '));
  return entry;
};

const unsupported = (field: string, value: unknown, choices: string): CheckpointError => {
  const said = `the scheduler's config says ${field} ${shown(value)}, which is not supported`;
  return new CheckpointError('unsupported-config', `${said}; supported: ${choices}`);
};

const broken = (field: string, value: unknown, rule: string): CheckpointError => {
  return new CheckpointError('bad-config', `${field} in the scheduler's config must be ${rule}, got ${shown(value)}`);
};

/** JSON knows only finite numbers. */
const shown = (value: unknown): string =>
  typeof value === 'number' ? String(value) : String(JSON.stringify(value)).slice(0, 100);
