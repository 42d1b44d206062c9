import { html, type Section, tableMarkup } from '../../../src/node/html/markup.ts';
import { pairedDifference } from '../intervals.ts';
import type { RunRecord } from '../record.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, count, ends, percent, points } from './wording.ts';

/** How well arms are calibrated, and what they make of spoiled images; none where it was not measured. */
export const trustSections = (table: StudyTable): readonly Section[] => {
  const tables = table.labels.flatMap((labels) => {
    const rows = table.arms.flatMap((arm) => rowsOf(arm, table.runsOf(arm, labels)));
    if (rows.length === 0) return [];
    const gain = gainRow(table, labels);
    const caption = `Means over seeds at ${count(labels)} labels a class, in %`;
    return [tableMarkup({ caption, headers: ['arm', 'calibration error', ...SPOILED], rows: [...rows, ...gain] })];
  });
  if (tables.length === 0) return [];
  const note = html`<p>Accuracy on images that are spoiled, mean over five severities, and how far the chance that a classifier states
is from the share that is right (expected calibration error, 15 bins; less is better). The last row of a table is what one arm is above
the other, seed by seed, with its 95 % interval.</p>`;
  return [{ title: 'Robustness and calibration', body: [note, ...tables] }];
};

const SPOILED = ['noise', 'blur', 'contrast', 'pixelation'];

type Trust = NonNullable<RunRecord['trust']>;

/** What a column holds, of a run. */
const COLUMNS: readonly ((trust: Trust) => number)[] = [
  ({ calibrationError }) => calibrationError,
  ...SPOILED.map(
    (name) =>
      ({ robustness }: Trust) =>
        mean(robustness[name] ?? []),
  ),
];

const trustsOf = (runs: readonly RunRecord[]): Map<number, Trust> =>
  new Map(runs.flatMap(({ seed, trust }) => (trust ? [[seed, trust]] : [])));

const rowsOf = (arm: string, runs: readonly RunRecord[]): string[][] => {
  const trusts = [...trustsOf(runs).values()];
  return trusts.length > 0 ? [[armName(arm), ...COLUMNS.map((value) => percent(mean(trusts.map(value))))]] : [];
};

/** How far the arm that the study is about is above its rival; none where no seed measured both. */
const gainRow = ({ question: { hero, rival }, runsOf }: StudyTable, labels: number): string[][] => {
  const [own, other] = [hero, rival].map((arm) => [...trustsOf(runsOf(arm, labels))]) as [
    [number, Trust][],
    [number, Trust][],
  ];
  const cells = COLUMNS.map((value) => {
    const bySeed = (of: [number, Trust][]) => new Map(of.map(([seed, trust]) => [seed, value(trust)]));
    const gain = pairedDifference(bySeed(own), bySeed(other));
    return gain && `${points(gain.mean)} (${ends(gain)})`;
  });
  return cells[0] ? [[`${armName(hero)} over ${armName(rival)}`, ...(cells as string[])]] : [];
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
