import { CheckpointError } from '../errors.ts';
import { DEFAULTS } from './schedulerClasses.ts';
import { complete, HARMLESS, isSchedulerField, ONLY, type SchedulerSettings } from './schedulerDefaults.ts';
import { otherKind } from './schedulerKinds.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a `scheduler_config.json`, each of its kind, with the defaults of its class for those that are absent or
 * null.
 *
 * @throws CheckpointError as `parseSchedulerConfig`.
 */
export const readSettings = (fields: Fields): SchedulerSettings => {
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

/** What a table has for the value of a field. @throws CheckpointError `unsupported-config`. */
export const known = <T>(table: Readonly<Record<string, T>>, field: string, value: unknown): T => {
  const entry = typeof value === 'string' && Object.hasOwn(table, value) ? table[value] : undefined;
  if (entry === undefined) throw unsupported(field, value, Object.keys(table).join(', '));
  return entry;
};

const unsupported = (field: string, value: unknown, choices: string): CheckpointError => {
  const said = `the scheduler's config says ${field} ${shown(value)}, which is`;
  const kind = otherKind(field, value) ?? `not supported; supported: ${choices}`;
  return new CheckpointError('unsupported-config', `${said} ${kind}`);
};

/** Says that the value of a field breaks a rule. */
export const broken = (field: string, value: unknown, rule: string): CheckpointError => {
  return new CheckpointError('bad-config', `${field} in the scheduler's config must be ${rule}, got ${shown(value)}`);
};

/** JSON knows only finite numbers. */
const shown = (value: unknown): string =>
  typeof value === 'number' ? String(value) : String(JSON.stringify(value)).slice(0, 100);
