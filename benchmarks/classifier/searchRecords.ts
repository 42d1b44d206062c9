import { asMarkdown } from '../report.ts';
import { pairedDifference } from './intervals.ts';
import type { RunRecord } from './record.ts';
import { appendLine, readLines } from './runs.ts';
import type { Trial } from './trials.ts';

/** One training of a trial: a line of `search.jsonl`. Accuracy is that of validation images, in [0, 1]. */
export type TrialRecord = Trial &
  Pick<
    RunRecord,
    'labels' | 'seed' | 'validation' | 'curve' | 'seconds' | 'variants' | 'taught' | 'trust' | 'finished'
  > & {
    readonly digest: string;
    readonly steps: number;
  };

export const readTrials = (path: string): readonly TrialRecord[] => readLines<TrialRecord>(path);

export const appendTrial = (path: string, record: TrialRecord): void => appendLine(path, record);

/** Mean validation accuracy of trials in %, the best first, with how far each is above the first that was recorded. */
export const trialTable = (records: readonly TrialRecord[]): string => {
  const names = [...new Set(records.map(nameOf))];
  const bySeed = (name: string) =>
    new Map(records.filter((one) => nameOf(one) === name).map(({ seed, validation }) => [seed, validation]));
  const rows = names.map((name) => {
    const values = bySeed(name);
    const mean = [...values.values()].reduce((sum, value) => sum + value, 0) / values.size;
    const gain = pairedDifference(values, bySeed(names[0] as string));
    const each = [...values].map(([seed, value]) => `${seed}: ${(100 * value).toFixed(1)}`).join(', ');
    return { mean, cells: [name, (100 * mean).toFixed(2), each, gain ? (100 * gain.mean).toFixed(2) : '–'] };
  });
  return asMarkdown({
    title: '',
    headers: ['trial', 'mean', 'by seed', 'above the first'],
    rows: rows.toSorted((a, b) => b.mean - a.mean).map(({ cells }) => cells),
  });
};

const nameOf = ({ name, labels, steps }: TrialRecord): string => `${name} (${labels} labels, ${steps} steps)`;
