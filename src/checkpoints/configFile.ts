import { CheckpointError } from '../errors.ts';
import type { Folder } from './folder.ts';

/** A JSON object from a file, with the bytes that it was read from. */
export type ConfigFile = { readonly bytes: Uint8Array; readonly fields: Readonly<Record<string, unknown>> };

/**
 * Reads a JSON object as Python writes it: `NaN` and `Infinity`, which some scheduler configs hold, become null.
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

const parse = (bytes: Uint8Array, where: string): unknown => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (m) => (m.startsWith('"') ? m : 'null')));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('bad-config', `${where} is not JSON (${reason}); fetch it again`, { cause });
  }
};
