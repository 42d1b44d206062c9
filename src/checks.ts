import { closestMatch } from 'leven';
import * as v from 'valibot';
import { ArgumentError, isCount } from './errors.ts';

/*
 * What options must be. A schema says it once: the check at the door, the type of the options (`v.InferInput`), and the
 * names to offer when one is misspelt all come from there.
 */

type Schema = v.GenericSchema<unknown, unknown>;
type Entries = Readonly<Record<string, Schema>>;

type Optional<E> = { [K in keyof E]: E[K] extends v.OptionalSchema<Schema, unknown> ? K : never }[keyof E];

/** The options that a schema describes. As `v.InferInput`, but each keeps its docstring, once. */
export type OptionsOf<S extends { readonly entries: Entries }, E extends Entries = S['entries']> = {
  readonly [K in keyof E as Exclude<K, Optional<E>>]: v.InferInput<E[K]>;
} & {
  readonly [K in keyof E as Extract<K, Optional<E>>]?: v.InferInput<E[K]> | undefined;
};

/** A value that a test admits; `words` complete the sentence "steps must be …". */
export const rule = <T>(admits: (value: unknown) => boolean, words: string): v.GenericSchema<T> =>
  v.custom<T>(admits, words);

/** A whole number. */
export const count = (least = 1): v.GenericSchema<number> =>
  rule((value) => isCount(value, least), `a whole number of at least ${least}`);

/** A number between two others, both included. */
export const between = (least: number, most: number, unit = ''): v.GenericSchema<number> =>
  rule((value) => typeof value === 'number' && value >= least && value <= most, `between ${least} and ${most}${unit}`);

export const isFunction = (value: unknown): boolean => typeof value === 'function';

/** Code of the caller's; its arguments and its result are checked where it runs. */
export const code = <T>(words = 'a function'): v.GenericSchema<T> => rule(isFunction, words);

export const flag: v.GenericSchema<boolean> = rule((value) => typeof value === 'boolean', 'true or false');

export const text: v.GenericSchema<string> = rule((value) => typeof value === 'string', 'a text');

/** Decides every random number. There is no default, so that runs can be repeated. */
export const seedRule: v.GenericSchema<string | number> = rule(
  (value) => typeof value === 'string' || Number.isFinite(value),
  'a string or a finite number (there is no default, so that runs can be repeated)',
);

/** One of some names. */
export const oneOf = <const Names extends readonly string[]>(...names: Names) => v.picklist(names);

export const signalRule: v.GenericSchema<AbortSignal> = rule(
  (value) => typeof value === 'object' && value !== null && 'throwIfAborted' in value,
  'an AbortSignal',
);

/**
 * Checks the options of a public function, in plain JavaScript too.
 *
 * @param what the function, as its caller knows it.
 * @throws ArgumentError `bad-options` for something that is no object; `unknown-option`, with the nearest name;
 * `unknown-<name>` for a choice that does not exist; `bad-<name>` for whatever breaks a rule or is missing.
 */
export function checkOptions<S extends v.StrictObjectSchema<v.ObjectEntries, undefined>>(
  what: string,
  schema: S,
  given: unknown,
): asserts given is v.InferInput<S> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ArgumentError('bad-options', `${what} needs an object of options, got ${shown(given)}`);
  }
  const result = v.safeParse(schema, given);
  if (result.success) return;
  const misspelt = result.issues.find(({ expected }) => expected === 'never'); // what is missing may be what was meant
  const keys = ((misspelt ?? result.issues[0]).path ?? []).map(({ key }) => String(key));
  throw faultOf(what, schema, { keys, input: valueAt(given, keys) });
}

type Fault = { readonly keys: readonly string[]; readonly input: unknown };

const faultOf = (what: string, schema: Schema, { keys, input }: Fault): ArgumentError => {
  const name = keys.join('.');
  const own = keys.reduce<Schema | undefined>((inner, key) => entriesOf(inner)?.[key], schema);
  if (own === undefined) {
    const entries = entriesOf(schemaAt(schema, keys.slice(0, -1))) ?? {};
    return unknownOption(what, keys, Object.keys(entries));
  }
  const { options, message } = unwrapped(own) as { readonly options?: readonly unknown[]; readonly message?: unknown };
  if (options?.every((choice) => typeof choice === 'string')) {
    const near = typeof input === 'string' ? nearest(input, options as readonly string[]) : '';
    const choices = `${near}choose one of: ${options.join(', ')}`;
    return new ArgumentError(`unknown-${kebab(name)}`, `unknown ${name} ${shown(input)}; ${choices}`);
  }
  const words = typeof message === 'string' ? message : 'an object of options';
  return new ArgumentError(`bad-${kebab(keys[0] ?? name)}`, `${name} must be ${words}, got ${shown(input)}`);
};

/**
 * Checks the names of options whose values are checked where they are used.
 *
 * @throws ArgumentError `bad-options` for something that is no object; `unknown-option`, with the nearest name.
 */
export const checkNames = (what: string, names: readonly string[], given: unknown): void => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ArgumentError('bad-options', `${what} needs an object of options, got ${shown(given)}`);
  }
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownOption(what, [unknown], names);
};

const unknownOption = (what: string, keys: readonly string[], names: readonly string[]): ArgumentError => {
  const name = keys.at(-1) ?? '';
  const place = keys.length > 1 ? `${keys.slice(0, -1).join('.')} of ${what}` : what;
  const remedy = nearest(name, names) || `it has: ${names.join(', ')}`;
  return new ArgumentError('unknown-option', `${place} has no option "${name}"; ${remedy.replace(/; $/, '')}`);
};

/** `did you mean "steps"?`, if some name is near enough to be meant. */
export const nearest = (name: string, names: readonly string[]): string => {
  const lower = names.find((one) => one.toLowerCase() === name.toLowerCase());
  const near = lower ?? closestMatch(name, names, { maxDistance: Math.max(2, Math.ceil(name.length / 3)) });
  return near === undefined ? '' : `did you mean "${near}"?; `;
};

const unwrapped = (schema: Schema): Schema => ('wrapped' in schema ? (schema.wrapped as Schema) : schema);

const entriesOf = (schema: Schema | undefined): Entries | undefined =>
  schema && (unwrapped(schema) as { readonly entries?: Entries }).entries;

const schemaAt = (schema: Schema, keys: readonly string[]): Schema | undefined =>
  keys.reduce<Schema | undefined>((inner, key) => entriesOf(inner)?.[key], schema);

const valueAt = (given: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], given);

/** The name of an option as codes have it: `batch-size`. */
export const kebab = (name: string): string => name.replace(/([a-z])([A-Z])|\./g, '$1-$2').toLowerCase();

/** A value as a message shows it: short, and never a dump of pixels. */
export const shown = (value: unknown): string => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value !== 'object' || value === null) return String(value);
  const kind = value.constructor?.name ?? 'object';
  if (kind !== 'Object' && kind !== 'Array') return `a ${kind}`;
  const written = JSON.stringify(value, (_, one) => (typeof one === 'number' ? numberText(one) : one)) ?? '';
  return written.length > 80 ? `${written.slice(0, 80)}…` : written;
};

const numberText = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
