import { appendFile, chmod, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Journal } from '../../apps/anonymise/run.ts';
import { ArgumentError, EnvironmentError } from '../../errors.ts';

/** A journal in a file, and whether an earlier run has begun it. */
export type JournalFile = {
  readonly journal: Journal;
  /** Results that an earlier run left. */
  readonly found: number;
};

/** What results of a run depend on, by name: a run goes on only where all of it is the same. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Opens the journal of a run, or begins one: a line for each result, readable by its owner alone, since it holds vectors
 * of people. What a killed process left half written is cut off.
 *
 * @throws ArgumentError `other-settings`, naming what differs; EnvironmentError `bad-journal` for a file that is none.
 */
export const openJournal = async (path: string, settings: Settings): Promise<JournalFile> => {
  const lines = await readLines(path);
  const [first, ...results] = lines;
  if (first === undefined) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, `${JSON.stringify(settings)}\n`, { mode: 0o600 });
    await chmod(path, 0o600); // where the file was there, empty
  } else checkSettings(path, first as Settings, settings);
  const known = new Map(results.map((line) => line as [name: string, result: unknown]));
  return {
    found: known.size,
    async journal<T>(name: string, work: () => Promise<T>): Promise<T> {
      if (known.has(name)) return known.get(name) as T;
      const result = await work();
      await appendFile(path, `${JSON.stringify([name, result], packed)}\n`);
      return result;
    },
  };
};

/** The lines of a journal, but for one that was not finished. */
const readLines = async (path: string): Promise<readonly unknown[]> => {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) await truncate(path, end);
  const texts = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  try {
    return texts.map((text): unknown => JSON.parse(text, unpacked));
  } catch (error) {
    const rule = `${path} is no journal of a run: ${(error as Error).message}`;
    throw new EnvironmentError('bad-journal', `${rule}; remove its folder, and begin anew`);
  }
};

const checkSettings = (path: string, was: Settings, is: Settings): void => {
  const text = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
  const other = [...new Set([...Object.keys(was), ...Object.keys(is)])].find(
    (name) => text(was[name]) !== text(is[name]),
  );
  if (other === undefined) return;
  const rule = `${dirname(path)} holds a run of other settings: ${other} was ${text(was[other])} and is ${text(is[other])}`;
  throw new ArgumentError('other-settings', `${rule}; go on with the same, remove it, or choose another folder`);
};

const FLOATS = 'float32';

/** Floats as base64: a tenth of what their digits take, and exact. */
const packed = (_: string, value: unknown): unknown => {
  if (!(value instanceof Float32Array)) return value;
  return { [FLOATS]: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
};

const unpacked = (_: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !(FLOATS in value)) return value;
  const bytes = Buffer.from(value[FLOATS] as string, 'base64');
  return new Float32Array(Uint8Array.from(bytes).buffer);
};
