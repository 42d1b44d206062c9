import { CheckpointError } from '../errors.ts';
import type { Folder } from './folder.ts';

/** A JSON object from a file, with the bytes that it was read from. */
export type ConfigFile = { readonly bytes: Uint8Array; readonly fields: Readonly<Record<string, unknown>> };

/**
 * Reads a JSON object as Python writes it: with `Infinity`, which some scheduler configs hold, and `NaN`, for which an
 * infinite number stands here. Whoever takes a number from it must see that it is finite.
 *
 * @throws CheckpointError `bad-config`.
 */
export const readConfigFile = async (folder: Folder, path: string): Promise<ConfigFile> => {
  const bytes = await folder.read(path);
  const fields = parse(bytes, `${folder.name}/${path}`);
  if (!isObject(fields)) throw new CheckpointError('bad-config', `${folder.name}/${path} must be a JSON object`);
  return { bytes, fields };
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where in a JSON value a number is that is not finite, such as `layers.0.epsilon`. */
export const notFiniteField = (value: unknown): string | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = notFiniteField(inner);
    if (found !== undefined) return typeof inner === 'number' ? `${key} ${found}` : `${key}.${found}`;
  }
  return undefined;
};

const parse = (bytes: Uint8Array, where: string): unknown => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|Infinity|NaN/g, (m) => (m.startsWith('"') ? m : '1e999')));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('bad-config', `${where} is not JSON (${reason}); fetch it again`, { cause });
  }
};
