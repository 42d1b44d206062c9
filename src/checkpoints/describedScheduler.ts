import { CheckpointError } from '../errors.ts';
import { type CosineOptions, cosineBetas } from '../noise/betas.ts';
import { noiseSchedule } from '../noise/schedule.ts';
import { isObject } from './configFile.ts';
import { DEFAULTS } from './schedulerClasses.ts';
import { parseSchedulerConfig, type SchedulerConfig } from './schedulerConfig.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A noise schedule in the fields of a diffusers `scheduler_config.json`, such as `num_train_timesteps`, `beta_schedule`,
 * `beta_start`, `beta_end`, `clip_sample`; a DDPM scheduler unless `_class_name` says so. Two more fields say in place of
 * the betas what those cannot.
 */
export type ScheduleDescription = Fields & {
  /** A cosine schedule with other bounds than diffusers'. */
  readonly cosine?: CosineOptions;
  /** The share of signal variance at each timestep, strictly falling within (0, 1]. */
  readonly alphaBar?: readonly number[];
};

/** What is said of a model's schedule. */
type Described = {
  readonly schedule?: ScheduleDescription;
  readonly prediction?: SchedulerConfig['prediction'];
};

const EXAMPLE = '{ "schedule": { "num_train_timesteps": 1000, "beta_schedule": "linear" }, "prediction": "epsilon" }';
const COSINE = ['offset', 'minBeta', 'maxBeta'];
const BETAS = ['beta_schedule', 'beta_start', 'beta_end', 'trained_betas'];
/** What each field of our own says in place of others. */
const INSTEAD = { cosine: BETAS, alphaBar: ['cosine', 'num_train_timesteps', ...BETAS] };

/**
 * The schedule and prediction of a model whose own files do not say them.
 *
 * @param name of the model, for messages.
 * @throws CheckpointError `missing-description` without either, `bad-description` for fields that are unknown or against
 *   each other, and those of `parseSchedulerConfig`.
 */
export const describedScheduler = ({ schedule, prediction }: Described, name: string): SchedulerConfig => {
  const said = prediction ?? schedule?.['prediction_type'];
  if (schedule === undefined || said === undefined) {
    const absent = schedule === undefined ? 'its noise schedule' : 'what its output means';
    const remedy = `write a boomerang.json beside it, or give loadModel options, such as ${EXAMPLE}`;
    throw new CheckpointError('missing-description', `${name} does not say ${absent}; ${remedy}`);
  }
  if (prediction !== undefined && (schedule['prediction_type'] ?? prediction) !== prediction) {
    throw bad(`says prediction ${prediction}, but prediction_type ${schedule['prediction_type']} in its schedule`);
  }
  return parseSchedule({ ...schedule, prediction_type: said });
};

/** @throws CheckpointError as {@link describedScheduler} */
export const parseSchedule = (description: ScheduleDescription): SchedulerConfig => {
  checkFields(description);
  const { cosine, alphaBar, ...fields } = description;
  const config = { _class_name: 'DDPMScheduler', ...fields };
  if (cosine !== undefined) return parseSchedulerConfig({ ...config, trained_betas: betasOf(cosine, config) });
  if (alphaBar === undefined) return parseSchedulerConfig(config);
  if (!Array.isArray(alphaBar) || !alphaBar.every((share) => typeof share === 'number')) {
    throw bad(`says alphaBar ${JSON.stringify(alphaBar).slice(0, 100)}, but it must be a list of numbers`);
  }
  return { ...parseSchedulerConfig({ ...config, num_train_timesteps: alphaBar.length }), schedule: table(alphaBar) };
};

/** A whole config, pasted, may have fields that are not read; one that was written by hand may have none that are lost. */
const checkFields = (fields: Fields): void => {
  const known = [...Object.keys(DEFAULTS['DDPMScheduler'] ?? {}), '_class_name', 'cosine', 'alphaBar'];
  const unknown = Object.keys(fields).find((field) => !known.includes(field));
  if (unknown !== undefined && fields['_class_name'] === undefined) {
    throw bad(`has the unknown field "${unknown}" in its schedule; known: ${known.join(', ')}`);
  }
  for (const [field, others] of Object.entries(INSTEAD)) {
    const other = fields[field] === undefined ? undefined : others.find((name) => fields[name] !== undefined);
    if (other !== undefined) throw bad(`gives both ${field} and ${other} in its schedule; keep one of them`);
  }
};

const betasOf = (cosine: unknown, { num_train_timesteps: count = 1000 }: Fields): number[] => {
  const isNumbers = isObject(cosine) && Object.values(cosine).every(Number.isFinite);
  if (!isNumbers || !Object.keys(cosine).every((field) => COSINE.includes(field))) {
    throw bad(
      `says cosine ${JSON.stringify(cosine)}, but it must be an object of finite numbers: ${COSINE.join(', ')}`,
    );
  }
  return computed(() => cosineBetas(count as number, cosine));
};

const table = (alphaBar: readonly number[]): SchedulerConfig['schedule'] => computed(() => noiseSchedule(alphaBar));

const computed = <T>(compute: () => T): T => {
  try {
    return compute();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('bad-description', `the description gives no noise schedule: ${reason}`, { cause });
  }
};

const bad = (rule: string): CheckpointError =>
  new CheckpointError('bad-description', `the model's description ${rule}`);
