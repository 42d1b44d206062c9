import type { TopLevelSpec } from 'vega-lite';
import { html, type Markup, type Section } from '../../../src/node/html/markup.ts';
import type { Difference } from '../intervals.ts';
import { drawChart, heading } from './drawing.ts';
import { gainTables } from './gainTables.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, chance, count, points, tally } from './wording.ts';

/** What each addition gains, seed by seed: the one that the study is about as a picture, all in a table. */
export const gainSection = async (table: StudyTable): Promise<Section> => {
  const { hero, rival } = table.question;
  const gains = table.labels.flatMap((labels) => {
    const gain = table.gain(hero, rival, labels);
    return gain ? [{ labels, gain }] : [];
  });
  const chart =
    gains.length > 0
      ? await heroChart(gains, `${armName(hero)} over ${armName(rival)}`)
      : html`<p>No seed has run in both arms yet.</p>`;
  return { title: `Gain of ${armName(hero)} over ${armName(rival)}`, body: [chart, ...gainTables(table)] };
};

type Gain = { readonly labels: number; readonly gain: Difference };

const heroChart = (gains: readonly Gain[], what: string): Promise<Markup> =>
  drawChart({
    label:
      `Chart of the gain in accuracy of ${what}, in percentage points, with 95 % ` +
      'intervals and a line at zero. The table below has its numbers.',
    caption: html`Mean difference in accuracy over pairs of runs with the same seed, with its 95 % interval.
Under each: in how many seeds the difference was above zero, and p of the two-sided sign test${floorOf(gains)}.`,
    spec: (width) => gainChart(gains, width),
  });

/** What p cannot fall below, which few seeds make easy to forget. */
const floorOf = (gains: readonly Gain[]): string => {
  const seeds = Math.max(...gains.map(({ gain }) => gain.seeds));
  if (seeds === 1) return '. A single seed has no interval, and proves nothing';
  return seeds < 6 ? `; with ${seeds} seeds it is never below ${2 * 0.5 ** seeds}` : '';
};

const gainChart = (gains: readonly Gain[], width: number): TopLevelSpec => {
  const rows = gains.map(({ labels, gain }) => {
    const [mean, half] = [100 * gain.mean, 100 * (gain.half ?? Number.NaN)]; // which Vega leaves out
    const p = width > 500 ? chance(gain.p) : chance(gain.p).replace('= ', ''); // five of them side by side
    const place = [count(labels), tally(gain), p].join('|');
    return { place, mean, low: mean - half, high: mean + half, text: points(gain.mean) };
  });
  const x = {
    field: 'place',
    type: 'ordinal' as const,
    sort: rows.map(({ place }) => place),
    title: 'labelled images per class',
    axis: {
      labelExpr: "split(datum.label, '|')",
      labelAngle: 0,
      labelLineHeight: 16,
      labelFontSize: width > 500 ? 12 : 11,
      labelOverlap: false,
      ticks: false,
      domain: false,
      labelPadding: 8,
    },
  };
  const y = { type: 'quantitative', title: null, axis: { format: '~r', grid: true } } as const;
  const mean = { x, y: { ...y, field: 'mean' } };
  const text = { type: 'text', align: 'left', dx: 8, fontSize: 12.5, fontWeight: 600 } as const;
  return {
    width,
    height: Math.min(340, width * 0.9),
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: rows },
    layer: [
      { mark: { type: 'rule', strokeWidth: 1.4 }, encoding: { y: { ...y, datum: 0 } } },
      { mark: { type: 'rule', strokeWidth: 2 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } } },
      ...(['low', 'high'] as const).map((end) => ({
        mark: { type: 'tick', orient: 'horizontal', size: 12, thickness: 2 } as const,
        encoding: { x, y: { ...y, field: end } },
      })),
      { mark: { type: 'point', filled: true, size: 90, color: '#c1420b', opacity: 1 }, encoding: mean },
      // A halo first, since the zero line may lie behind the text.
      { mark: { ...text, stroke: 'white', strokeWidth: 4 }, encoding: { ...mean, text: { field: 'text' } } },
      { mark: text, encoding: { ...mean, text: { field: 'text' } } },
      heading('gain, percentage points'),
    ],
  };
};
