import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunRecord } from './record.ts';

/** The records of a study in a file of JSON lines; a last line that was cut off by the end of its process is none. */
export const readRuns = (path: string, study: string): readonly RunRecord[] =>
  readLines<RunRecord>(path).filter((record) => record.study === study);

export const appendRun = (path: string, record: RunRecord): void => appendLine(path, record);

/** The whole lines of a file of JSON lines; none where there is no file. */
export const readLines = <Line>(path: string): readonly Line[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .flatMap(parse<Line>)
    : [];

const parse = <Line>(line: string): readonly Line[] => {
  try {
    return line === '' ? [] : [JSON.parse(line) as Line];
  } catch {
    return []; // half a line
  }
};

/** Adds a line. What a killed process left of one is closed first, so that this one stands alone. */
export const appendLine = (path: string, record: object): void => {
  mkdirSync(dirname(path), { recursive: true });
  const isCut = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, 'utf8'));
  appendFileSync(path, `${isCut ? '\n' : ''}${JSON.stringify(record)}\n`);
};

/** How many runs in a file belong to other studies, which this one neither counts nor goes on with. */
export const countOthers = (path: string, study: string): number =>
  readLines<RunRecord>(path).filter((run) => run.study !== study).length;
