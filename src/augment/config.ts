import { ArgumentError } from '../errors.ts';
import type { AugmentOptions } from './augmentOptions.ts';
import { scheduleFrom } from './schedules.ts';
import { byClassFrom } from './strength.ts';

/** The options of an augmenter as plain JSON. What only code can say stands as `"custom"`. */
export type AugmentConfig = { readonly version: 1 } & Readonly<Record<string, unknown>>;

const VERSION = 1;
const CUSTOM = 'custom';

/** Options that are JSON as they are. */
const PLAIN = [
  'seed',
  'epochs',
  'steps',
  'solver',
  'eta',
  'spacing',
  'entry',
  'range',
  'image',
  'conditional',
  'mode',
  'bank',
  'distance',
  'tries',
  'softLabels',
  'branch',
  'reuse',
] as const;
/** Options that may be code, and those of them that a config can write down all the same. */
const CODE = ['strength', 'probability', 'select', 'keys', 'labels', 'keep'] as const;

/** The config of some options. What was left out stays out. */
export const configFrom = (options: AugmentOptions): AugmentConfig => {
  const config: Record<string, unknown> = {};
  for (const name of PLAIN) if (options[name] !== undefined) config[name] = options[name];
  for (const name of CODE) if (options[name] !== undefined) config[name] = written(options[name]);
  return { version: VERSION, ...config };
};

const written = (value: unknown): unknown => {
  if (typeof value === 'function') return (value as { config?: unknown }).config ?? CUSTOM;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const isPlain = Object.values(value).every((field) => typeof field !== 'function' && typeof field !== 'object');
  const isKeys = 'keys' in value && Array.isArray(value.keys);
  return isPlain || isKeys ? value : CUSTOM;
};

/** What a config cannot hold: the model, and everything that is code. */
export type LiveOptions = Pick<AugmentOptions, 'model'> &
  Partial<Pick<AugmentOptions, (typeof CODE)[number] | 'cache' | 'onVariant' | 'state' | 'signal'>>;

/**
 * The options that a config stands for.
 *
 * @param live the model, and whatever the config calls `"custom"`.
 * @throws ArgumentError `bad-config` for an unknown version or field, or code that is not given.
 */
export const optionsFrom = (config: AugmentConfig, live: LiveOptions): AugmentOptions => {
  const { version, ...fields } = config;
  if (version !== VERSION) {
    throw new ArgumentError('bad-config', `a config must have version ${VERSION}, got ${version}; write it anew`);
  }
  const known = new Set<string>([...PLAIN, ...CODE]);
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!known.has(name))
      throw new ArgumentError('bad-config', `unknown field "${name}"; known: ${[...known].join(', ')}`);
    if (value !== CUSTOM) options[name] = restored(name, value);
    else if (live[name as keyof LiveOptions] === undefined) {
      throw new ArgumentError('bad-config', `${name} was code of your own, which a config cannot hold; give it again`);
    }
  }
  return { ...options, ...live } as unknown as AugmentOptions;
};

const restored = (name: string, value: unknown): unknown => {
  const isNamed = Array.isArray(value) && typeof value[0] === 'string';
  if (!isNamed || (name !== 'strength' && name !== 'probability')) return value;
  return value[0] === 'byClass' ? byClassFrom(value) : scheduleFrom(value);
};
