import type { TopLevelSpec } from 'vega-lite';
import { html, type Section, tableMarkup } from '../../../src/node/html/markup.ts';
import { armEncodings, key, type Legend } from './armLooks.ts';
import { drawChart, heading, svgOf } from './drawing.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, count, plusMinus } from './wording.ts';

/** Accuracy against labelled images per class, as a picture of the main arms and a table of all. */
export const accuracySection = async (table: StudyTable): Promise<Section> => {
  const arms = table.drawn;
  if (arms.length === 0) return { title: 'Accuracy', body: html`<p>No main arm has run yet.</p>` };
  const chart = await drawChart({
    label:
      `Line chart of ${table.images} accuracy in percent against labelled images per class, with 95 % intervals. ` +
      'The table below has its numbers.',
    key: key(arms),
    caption: `Mean ${table.images} accuracy over seeds with 95 % intervals; a single seed has none. Points at the same number of
labels are set apart sideways, so that each interval can be seen.`,
    spec: (width) => accuracyChart(table, { arms, width }),
  });
  return { title: 'Accuracy', body: [chart, tableOf(table)] };
};

/** The chart alone, with its own legend, as an SVG file. */
export const accuracyPicture = (table: StudyTable): Promise<string> => {
  const arms = table.drawn;
  const legend = {
    title: null,
    orient: 'bottom',
    columns: arms.length,
    symbolSize: 90,
    labelFontSize: 12.5,
    labelLimit: 0,
  } as const;
  return svgOf({ ...accuracyChart(table, { arms, width: 720, legend }), background: 'white' });
};

type Frame = {
  readonly arms: readonly string[];
  readonly width: number;
  readonly legend?: Legend;
};

const accuracyChart = (table: StudyTable, { arms, width, legend }: Frame): TopLevelSpec => {
  const { color, strokeDash, shape } = armEncodings(arms, legend);
  const [least = 1, most = 1] = [table.labels[0], table.labels.at(-1)];
  const pixel = Math.max(Math.log(most / least), 1) / (width - 100);
  const domain = [least * Math.exp(-24 * pixel), most * Math.exp(24 * pixel)];
  const x = {
    field: 'labels',
    type: 'quantitative' as const,
    title: 'labelled images per class',
    scale: { type: 'log' as const, domain, nice: false },
    axis: { values: [...table.labels], grid: false, format: ',d' },
  };
  const y = { type: 'quantitative', scale: { zero: false, nice: true }, title: null } as const;
  const mean = { x, y: { ...y, field: 'accuracy' }, color };
  const tick = { type: 'tick', orient: 'horizontal', size: 6, thickness: 1.5 } as const;
  return {
    width,
    height: Math.min(400, width),
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: pointsOf(table, arms, pixel) },
    layer: [
      { mark: { type: 'line', strokeWidth: 1.8 }, encoding: { ...mean, strokeDash } },
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { mark: tick, encoding: { x, y: { ...y, field: 'low' }, color } },
      { mark: tick, encoding: { x, y: { ...y, field: 'high' }, color } },
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 85, stroke: 'white', strokeWidth: 0.8 },
        encoding: { ...mean, shape },
      },
      heading(`${table.images} accuracy, %`),
    ],
  };
};

/** How far the points of two arms at the same number of labels stand apart, in pixels. */
const APART = 7;

/** Means and intervals in percent; `pixel` is what one of them stands for in the logarithm of the labels. */
const pointsOf = (table: StudyTable, arms: readonly string[], pixel: number) =>
  arms.flatMap((arm, n) =>
    table.labels.flatMap((labels) => {
      const found = table.accuracy(arm, labels);
      if (found === undefined) return [];
      const [accuracy, half] = [100 * found.mean, 100 * (found.half ?? Number.NaN)]; // which Vega leaves out
      const aside = Math.exp((n - (arms.length - 1) / 2) * APART * pixel);
      return [{ arm, labels: labels * aside, accuracy, low: accuracy - half, high: accuracy + half }];
    }),
  );

const tableOf = (table: StudyTable) =>
  tableMarkup({
    caption: `Mean ${table.images} accuracy over seeds in % and half of its 95 % interval, by labelled images per class`,
    headers: ['arm', ...table.labels.map(count)],
    rows: table.arms.map((arm) => [
      armName(arm),
      ...table.labels.map((labels) => {
        const found = table.accuracy(arm, labels);
        return found ? plusMinus(found) : '–';
      }),
    ]),
  });
