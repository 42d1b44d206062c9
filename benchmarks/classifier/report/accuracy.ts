import type { TopLevelSpec } from 'vega-lite';
import { armEncodings, key } from './armLooks.ts';
import { drawChart } from './drawing.ts';
import { html, type Section, tableMarkup } from './markup.ts';
import { MAIN_ARMS, type StudyTable } from './studyTable.ts';
import { armName, plusMinus } from './wording.ts';

/** Test accuracy against labelled images per class, as a picture of the main arms and a table of all. */
export const accuracySection = async (table: StudyTable): Promise<Section> => {
  const arms = table.arms.filter((arm) => (MAIN_ARMS as readonly string[]).includes(arm));
  const points = pointsOf(table, arms);
  const chart = await drawChart({
    label:
      'Line chart of test accuracy in percent against labelled images per class, with 95 % intervals. ' +
      'The table below has its numbers.',
    key: key(arms),
    caption: html`Mean test accuracy over seeds with 95 % intervals. Points at the same number of labels are set apart
sideways, so that each interval can be seen.`,
    spec: (width) => accuracyChart(points, { arms, labels: table.labels, width }),
  });
  return {
    title: 'Accuracy',
    body: [points.length > 0 ? chart : html`<p>No main arm has run yet.</p>`, tableOf(table)],
  };
};

type Point = {
  readonly arm: string;
  readonly labels: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
};

const pointsOf = (table: StudyTable, arms: readonly string[]): Point[] =>
  arms.flatMap((arm, n) =>
    table.labels.flatMap((labels) => {
      const found = table.accuracy(arm, labels);
      if (found === undefined) return [];
      const [accuracy, half] = [100 * found.mean, 100 * (found.half ?? 0)];
      const aside = 1.03 ** (n - (arms.length - 1) / 2);
      return [{ arm, labels: labels * aside, accuracy, low: accuracy - half, high: accuracy + half }];
    }),
  );

type Frame = { readonly arms: readonly string[]; readonly labels: readonly number[]; readonly width: number };

const accuracyChart = (points: readonly Point[], { arms, labels, width }: Frame): TopLevelSpec => {
  const { color, strokeDash, shape } = armEncodings(arms);
  const [least = 1, most = 1] = [labels[0], labels.at(-1)];
  const x = {
    field: 'labels',
    type: 'quantitative' as const,
    title: 'labelled images per class',
    scale: { type: 'log' as const, domain: [least / 1.2, most * 1.2], nice: false },
    axis: { values: [...labels], grid: false, format: ',d' },
  };
  const y = { type: 'quantitative', scale: { zero: false, nice: true }, title: 'test accuracy, %' } as const;
  const interval = { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color };
  return {
    width,
    height: Math.min(360, width * 0.9),
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: [...points] },
    layer: [
      { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: interval },
      { mark: { type: 'line', strokeWidth: 1.8 }, encoding: { x, y: { ...y, field: 'accuracy' }, color, strokeDash } },
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 110, stroke: 'white', strokeWidth: 0.8 },
        encoding: { x, y: { ...y, field: 'accuracy' }, color, shape },
      },
    ],
  };
};

const tableOf = (table: StudyTable) =>
  tableMarkup({
    caption: 'Test accuracy in %, mean over seeds and half of its 95 % interval, by labelled images per class',
    headers: ['arm', ...table.labels.map((labels) => labels.toLocaleString('en'))],
    rows: table.arms.map((arm) => [
      armName(arm),
      ...table.labels.map((labels) => {
        const found = table.accuracy(arm, labels);
        return found ? plusMinus(found) : '–';
      }),
    ]),
  });
