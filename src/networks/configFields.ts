import { CheckpointError, isCount } from '../errors.ts';
import type { Activation } from './ops.ts';

/** The content of a `config.json`. */
export type Json = Readonly<Record<string, unknown>>;

/** The error of a value that is not what its key must hold. */
export const badConfig = (key: string, value: unknown, rule: string): CheckpointError =>
  new CheckpointError('bad-config', `config.json: ${key} must be ${rule}, got ${shown(value)}`);

/** JSON knows only finite numbers. */
const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : JSON.stringify(value));

/** The error of a value that diffusers may know and this package does not compute. */
export const unsupportedConfig = (key: string, value: unknown, remedy: string): CheckpointError =>
  new CheckpointError('unsupported-config', `config.json: ${key} ${JSON.stringify(value)} is not supported; ${remedy}`);

/** The value at a key, whatever it is; the fallback where the key is absent. */
export const field = (json: Json, key: string, fallback: unknown): unknown =>
  json[key] === undefined ? fallback : json[key];

/** A whole number of at least 1. @throws CheckpointError `bad-config`. */
export const countField = (json: Json, key: string, fallback?: number): number => {
  const value = field(json, key, fallback);
  if (!isCount(value)) throw badConfig(key, value, 'a whole number of at least 1');
  return value;
};

/** A whole number of at least 1, or null. @throws CheckpointError `bad-config`. */
export const optionalCountField = (json: Json, key: string, fallback: number | null = null): number | null => {
  const value = field(json, key, fallback);
  if (value !== null && !isCount(value)) throw badConfig(key, value, 'a whole number of at least 1, or null');
  return value;
};

/** A list of whole numbers of at least 1. @throws CheckpointError `bad-config`. */
export const countsField = (json: Json, key: string, fallback: readonly number[]): readonly number[] => {
  const value = field(json, key, fallback);
  if (Array.isArray(value) && value.length > 0 && value.every((count) => isCount(count))) return value;
  throw badConfig(key, value, 'a list of whole numbers of at least 1');
};

/** A finite number. @throws CheckpointError `bad-config`. */
export const numberField = (json: Json, key: string, fallback: number): number => {
  const value = field(json, key, fallback);
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badConfig(key, value, 'a finite number');
  return value;
};

/** True or false. @throws CheckpointError `bad-config`. */
export const flagField = (json: Json, key: string, fallback: boolean): boolean => {
  const value = field(json, key, fallback);
  if (typeof value !== 'boolean') throw badConfig(key, value, 'true or false');
  return value;
};

/** A list of at least one text. @throws CheckpointError `bad-config`. */
export const textsField = (json: Json, key: string, fallback: readonly string[]): readonly string[] => {
  const value = field(json, key, fallback);
  if (!Array.isArray(value) || value.length === 0 || !value.every((text) => typeof text === 'string')) {
    throw badConfig(key, value, 'a list of texts');
  }
  return value;
};

/**
 * The meaning of a text, from a table of those that are supported.
 *
 * @throws CheckpointError `bad-config` for what is no text, `unsupported-config` for a text that is not in the table.
 */
export const meaningOf = <T>(table: Readonly<Record<string, T>>, key: string, value: unknown): T => {
  if (typeof value !== 'string') throw badConfig(key, value, `one of: ${Object.keys(table).join(', ')}`);
  const meaning = Object.hasOwn(table, value) ? table[value] : undefined;
  if (meaning === undefined) throw unsupportedConfig(key, value, `use one of: ${Object.keys(table).join(', ')}`);
  return meaning;
};

/** The meaning of the text at a key. @throws CheckpointError `bad-config`, `unsupported-config`. */
export const choiceField = <T>(json: Json, key: string, table: Readonly<Record<string, T>>, fallback: string): T =>
  meaningOf(table, key, field(json, key, fallback));

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  silu: 'silu',
  swish: 'silu',
  mish: 'mish',
  gelu: 'gelu',
  relu: 'relu',
};

/** The activation of a network of convolutions. @throws CheckpointError `bad-config`, `unsupported-config`. */
export const activationField = (json: Json, fallback: string): Activation => {
  const value = field(json, 'act_fn', fallback);
  return meaningOf(ACTIVATIONS, 'act_fn', typeof value === 'string' ? value.toLowerCase() : value);
};
