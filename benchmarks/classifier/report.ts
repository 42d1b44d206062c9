import { pageMarkup } from '../../src/node/html/document.ts';
import { sectionMarkup } from '../../src/node/html/markup.ts';
import { asMarkdown } from '../report.ts';
import type { RunRecord, Study } from './record.ts';
import { accuracyPicture, accuracySection } from './report/accuracy.ts';
import { againSection, correction, fairnessSection, warning } from './report/again.ts';
import { answer } from './report/answer.ts';
import { costSection } from './report/cost.ts';
import { curveSection } from './report/curves.ts';
import { gainSection } from './report/gain.ts';
import { scheduleSection } from './report/schedules.ts';
import { pictureSection, strengthSection } from './report/strengths.ts';
import { type StudyTable, studyTable } from './report/studyTable.ts';
import { trustSections } from './report/trust.ts';
import { armName, chance, count, ends, plusMinus, points, tally } from './report/wording.ts';

/**
 * The report of a study: an HTML page that needs no other file, no script and no network.
 *
 * @param runs runs of other settings than the study's are left out. A study may be incomplete: the page says what is
 *   missing.
 */
export const reportHtml = async (study: Study, runs: readonly RunRecord[]): Promise<string> => {
  const own = runs.filter((run) => run.study === study.digest);
  const table = studyTable(own, study);
  const sections = [
    await accuracySection(table),
    await gainSection(table),
    await costSection(table),
    pictureSection(study),
    await strengthSection(study),
    await scheduleSection(study, table),
    await curveSection(table),
    ...trustSections(table),
    fairnessSection(table),
    againSection(study, table),
  ];
  return pageMarkup({
    title: 'Does Boomerang help a classifier with few labels?',
    body: [correction(study), answer(table), warning(table), ...sections.map(sectionMarkup)],
  });
};

/** The accuracy of the main arms against labelled images per class, as an SVG file. */
export const summaryPicture = (runs: readonly RunRecord[]): Promise<string> => accuracyPicture(studyTable(runs));

/** The study in a Markdown table: accuracy of every arm in %, and the gain that it is about in the last row. */
export const summaryTable = (runs: readonly RunRecord[]): string => {
  const table = studyTable(runs);
  const { hero, rival } = table.question;
  return asMarkdown({
    title: '',
    headers: ['labels a class', ...table.labels.map(count)],
    rows: [
      ...table.arms.map((arm) => [armName(arm), ...table.labels.map((labels) => accuracyCell(table, arm, labels))]),
      [`gain of ${armName(hero)} over ${armName(rival)}`, ...table.labels.map((labels) => gainCell(table, labels))],
    ],
  });
};

const accuracyCell = (table: StudyTable, arm: string, labels: number): string => {
  const found = table.accuracy(arm, labels);
  return found ? plusMinus(found) : '–';
};

const gainCell = (table: StudyTable, labels: number): string => {
  const gain = table.gain(table.question.hero, table.question.rival, labels);
  return gain ? `${points(gain.mean)} (${ends(gain)}); ${tally(gain)}, ${chance(gain.p)}` : '–';
};
