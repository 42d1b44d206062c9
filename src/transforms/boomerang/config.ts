import { checkOptions, nearest } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import { scheduleFrom } from '../../schedules/schedules.ts';
import { byClassFrom } from '../../schedules/strength.ts';
import type { AugmentConfig } from './augmentState.ts';
import { type AugmentOptions, augmentEntries, augmentSchema } from './options.ts';

const VERSION = 2;

/** What belongs to a run, or to a machine, and not to the augmentation. */
const ELSEWHERE = ['model', 'cache', 'onVariant', 'state', 'signal'] as const;

type Name = keyof AugmentOptions;
const NAMES = (Object.keys(augmentEntries) as Name[]).filter(
  (name) => !(ELSEWHERE as readonly string[]).includes(name),
);

/** The config of some options. What was left out stays out. */
export const configFrom = (options: AugmentOptions): AugmentConfig => {
  const written: Record<string, unknown> = {};
  const live: string[] = [];
  for (const name of NAMES) {
    if (options[name] === undefined) continue;
    const value = writtenValue(options[name]);
    if (value === undefined) live.push(name);
    else written[name] = value;
  }
  return { version: VERSION, options: written, live };
};

/** An option as JSON, schedules as `{ schedule }`; undefined where only code can say it. */
const writtenValue = (value: unknown): unknown => {
  if (typeof value === 'function') {
    const { config } = value as { readonly config?: unknown };
    return config === undefined ? undefined : { schedule: config };
  }
  if (typeof value === 'object' && value !== null && 'max' in value && value.max === Number.POSITIVE_INFINITY) {
    const { max: _, ...bounded } = value; // without bounds, as if it were left out
    return writtenValue(bounded);
  }
  return isJson(value) ? value : undefined;
};

const isJson = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isJson);
  const isPlain = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).every((one) => one === undefined || isJson(one));
};

/** What a config does not hold: the model, whatever it calls live, and what belongs to a run. */
export type LiveOptions = Pick<AugmentOptions, 'model'> & Partial<AugmentOptions>;

/**
 * The options that a config stands for.
 *
 * @param live the model, and the options that the config calls live; others override those of the config.
 * @throws ArgumentError `bad-config` for an unknown version or field, or for a live option that is not given.
 */
export const optionsFrom = (config: AugmentConfig, live: LiveOptions): AugmentOptions => {
  if (config?.version !== VERSION || typeof config.options !== 'object' || !Array.isArray(config.live)) {
    throw bad(`a config must have version ${VERSION}, got ${config?.version}; write it anew with getConfig()`);
  }
  const odd = [...Object.keys(config.options), ...config.live].find((name) => !(NAMES as string[]).includes(name));
  if (odd !== undefined) throw bad(`unknown field "${odd}"; ${nearest(odd, NAMES)}known: ${NAMES.join(', ')}`);
  const absent = config.live.find((name) => live?.[name as Name] === undefined);
  if (absent !== undefined) throw bad(`${absent} was code of your own, which a config cannot hold; give it again`);
  const restored = Object.entries(config.options).map(([name, value]) => [name, restoredValue(value)]);
  const options: unknown = { ...Object.fromEntries(restored), ...live };
  checkOptions('augmentFrom', augmentSchema, options);
  return options;
};

const restoredValue = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('schedule' in value)) return value;
  const { schedule } = value;
  return Array.isArray(schedule) && schedule[0] === 'byClass' ? byClassFrom(schedule) : scheduleFrom(schedule);
};

const bad = (rule: string): ArgumentError => new ArgumentError('bad-config', rule);
