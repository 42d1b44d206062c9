import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunRecord } from './record.ts';

/** The records of a study in a file of JSON lines; a last line that was cut off by the end of its process is none. */
export const readRuns = (path: string, study: string): readonly RunRecord[] => {
  if (!existsSync(path)) return [];
  const records = readFileSync(path, 'utf8').split('\n').flatMap(parse);
  return records.filter((record) => record.study === study);
};

const parse = (line: string): readonly RunRecord[] => {
  try {
    return line === '' ? [] : [JSON.parse(line) as RunRecord];
  } catch {
    return []; // half a line
  }
};

/** Adds a record. What a killed process left of a line is closed first, so that this one stands alone. */
export const appendRun = (path: string, record: RunRecord): void => {
  mkdirSync(dirname(path), { recursive: true });
  const isCut = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, 'utf8'));
  appendFileSync(path, `${isCut ? '\n' : ''}${JSON.stringify(record)}\n`);
};
