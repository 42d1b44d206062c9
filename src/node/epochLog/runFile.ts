import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors.ts';
import { epochsIn } from './readRun.ts';

/** Of the files of runs. */
export const ENDING = '.jsonl';

/**
 * Finds out at once whether files can be written into a folder, which is made if it is not there.
 *
 * @throws EnvironmentError `bad-output`
 */
export const checkFolder = (folder: string): void => {
  const probe = join(folder, `.${process.pid}.part`);
  try {
    mkdirSync(folder, { recursive: true });
    closeSync(openSync(probe, 'w'));
    rmSync(probe);
  } catch (error) {
    throw new EnvironmentError(
      'bad-output',
      `cannot write logs into ${folder}: ${reason(error)}; choose another folder`,
    );
  }
};

/**
 * The file of a run whose first line is that of an epoch. A run that begins gets one that was not there, so that it
 * writes into no other's; one that goes on gets the newest that has the epoch before.
 */
export const fileFor = (folder: string, name: string, epoch: number): string => {
  const known: string[] = [];
  const next = (): string => join(folder, `${name}${known.length === 0 ? '' : `-${known.length + 1}`}${ENDING}`);
  while (existsSync(next())) known.push(next());
  const [newest] = known
    .filter((file) => epochsIn(readFileSync(file, 'utf8')).epochs.some((one) => one.epoch === epoch - 1))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (newest !== undefined) return newest;
  while (!isMade(next())) known.push(next()); // another process may be quicker
  return next();
};

const isMade = (file: string): boolean => {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch (error) {
    if (reason(error) === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Adds a line to a file by one write, so that lines of others do not come between; behind half a line, which a killed
 * process left, on a line of its own.
 *
 * @param left the size at which the file was left by the line before.
 * @returns its size now, and whether somebody else has written into it since.
 */
export const appendLine = (file: string, line: string, left?: number): { size: number; isShared: boolean } => {
  const opened = openSync(file, 'a+');
  try {
    const { size } = fstatSync(opened);
    const last = Buffer.alloc(1);
    const isHalf = size > 0 && readSync(opened, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
    const bytes = Buffer.from(`${isHalf ? '\n' : ''}${line}\n`);
    const written = writeSync(opened, bytes);
    if (written < bytes.length) throw new Error(`${written} of ${bytes.length} bytes went into it`);
    return { size: size + bytes.length, isShared: left !== undefined && left !== size };
  } finally {
    closeSync(opened);
  }
};

export const reason = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
