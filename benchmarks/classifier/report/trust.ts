import { html, type Section, tableMarkup } from '../../../src/node/html/markup.ts';
import type { RunRecord } from '../record.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, count, percent } from './wording.ts';

/** How well arms are calibrated, and what they make of spoiled images; none where it was not measured. */
export const trustSections = (table: StudyTable): readonly Section[] => {
  const tables = table.labels.flatMap((labels) => {
    const rows = table.arms.flatMap((arm) => rowsOf(arm, table.runsOf(arm, labels)));
    if (rows.length === 0) return [];
    const caption = `Means over seeds at ${count(labels)} labels a class, in %`;
    return [tableMarkup({ caption, headers: ['arm', 'calibration error', ...SPOILED], rows })];
  });
  if (tables.length === 0) return [];
  const note = html`<p>Accuracy on images that are spoiled, mean over five severities, and how far the chance that a classifier states
is from the share that is right (expected calibration error, 15 bins).</p>`;
  return [{ title: 'Robustness and calibration', body: [note, ...tables] }];
};

const SPOILED = ['noise', 'blur', 'contrast', 'pixelation'];

const rowsOf = (arm: string, runs: readonly RunRecord[]): string[][] => {
  const trusts = runs.flatMap(({ trust }) => (trust ? [trust] : []));
  if (trusts.length === 0) return [];
  const errors = trusts.map(({ calibrationError }) => calibrationError);
  const spoiled = SPOILED.map((name) => percent(mean(trusts.flatMap(({ robustness }) => robustness[name] ?? []))));
  return [[armName(arm), percent(mean(errors)), ...spoiled]];
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
