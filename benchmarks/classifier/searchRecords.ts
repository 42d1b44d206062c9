import { asMarkdown } from '../report.ts';
import { type BySeed, pairedDifference } from './intervals.ts';
import type { RunRecord } from './record.ts';
import { count, ends, percent, points } from './report/wording.ts';
import { appendLine, readLines } from './runs.ts';
import type { Strong } from './settings.ts';
import { AT_FIRST, type Trial } from './trials.ts';

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

/** Trials that may be compared: of as many labels, as even, and of as many steps. */
type Setting = { readonly name: string; readonly records: readonly TrialRecord[] };

/**
 * Validation accuracy of trials in %, in a table for each number of labels and steps, the best first. Each is compared
 * with strong classical augmentation alone, seed by seed; trials may have run with different seeds.
 */
export const trialTables = (records: readonly TrialRecord[]): string => settingsOf(records).map(tableOf).join('\n\n');

const settingsOf = (records: readonly TrialRecord[]): Setting[] => {
  const groups = new Map<string, TrialRecord[]>();
  for (const record of records) {
    const { labels, steps, changes } = record;
    const uneven = changes.rare === undefined ? '' : `, ${changes.rare} of them for every second class`;
    const name = `${count(labels)} labels a class${uneven}, ${count(steps)} steps`;
    groups.set(name, [...(groups.get(name) ?? []), record]);
  }
  return [...groups].map(([name, records]) => ({ name, records }));
};

const tableOf = ({ name, records }: Setting): string => {
  const names = [...new Set(records.map((record) => record.name))];
  const rows = names.map((trial) => {
    const own = records.filter((record) => record.name === trial);
    const values = bySeed(own);
    const gains = gainsOf(own[0] as TrialRecord, records).map((over) => (over ? gainOf(values, over) : ''));
    return { mean: meanOf(values), cells: [trial, ...cellsOf(values), ...gains] };
  });
  return asMarkdown({
    title: '',
    headers: [name, 'mean', 'by seed', 'above RandAugment 1, 4; cutout 8', 'above the same without'],
    rows: rows.toSorted((a, b) => b.mean - a.mean).map(({ cells }) => cells),
  });
};

/** What a trial is compared with: the first baseline, unless it is that, and its own without extra draws, if it has any. */
const gainsOf = ({ arm, changes }: TrialRecord, records: readonly TrialRecord[]): (BySeed | undefined)[] => {
  const alone = (strong: Strong | undefined): BySeed =>
    bySeed(
      records.filter((one) => one.arm === 'strong' && JSON.stringify(one.changes.strong) === JSON.stringify(strong)),
    );
  const isFirst = JSON.stringify(changes.strong) === JSON.stringify(AT_FIRST);
  return [
    arm === 'strong' && isFirst ? undefined : alone(AT_FIRST),
    arm === 'strong' ? undefined : alone(changes.strong),
  ];
};

const bySeed = (records: readonly TrialRecord[]): BySeed =>
  new Map(records.map(({ seed, validation }) => [seed, validation]));

const meanOf = (values: BySeed): number => [...values.values()].reduce((sum, value) => sum + value, 0) / values.size;

const cellsOf = (values: BySeed): string[] => {
  const each = [...values].toSorted(([a], [b]) => a - b).map(([seed, value]) => `${seed}: ${percent(value)}`);
  return [percent(meanOf(values)), each.join(', ')];
};

const gainOf = (values: BySeed, reference: BySeed): string => {
  if (reference.size === 0) return '';
  const gain = pairedDifference(values, reference);
  if (gain === undefined) return 'no seed in common';
  const interval = gain.half === undefined ? 'one seed' : ends(gain);
  return `${points(gain.mean)} (${interval}; ${gain.above} of ${gain.seeds})`;
};
