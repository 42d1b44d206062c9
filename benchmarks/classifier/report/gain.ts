import type { TopLevelSpec } from 'vega-lite';
import type { Difference } from '../intervals.ts';
import { drawChart } from './drawing.ts';
import { type Content, html, type Markup, type Section, tableMarkup } from './markup.ts';
import { HERO, RIVAL, type StudyTable } from './studyTable.ts';
import { armName, chance, count, ends, points, tally } from './wording.ts';

/** What each addition gains, seed by seed: the one that the study is about as a picture, all in a table. */
export const gainSection = async (table: StudyTable): Promise<Section> => {
  const gains = table.labels.flatMap((labels) => {
    const gain = table.gain(HERO, RIVAL, labels);
    return gain ? [{ labels, gain }] : [];
  });
  const chart = gains.length > 0 ? await heroChart(gains) : html`<p>No seed has run in both arms yet.</p>`;
  return { title: `Gain of ${armName(HERO)} over ${RIVAL}`, body: [chart, tableOf(table)] };
};

type Gain = { readonly labels: number; readonly gain: Difference };

const heroChart = (gains: readonly Gain[]): Promise<Markup> =>
  drawChart({
    label:
      `Chart of the gain in test accuracy of ${armName(HERO)} over ${RIVAL}, in percentage points, with 95 % ` +
      'intervals and a line at zero. The table below has its numbers.',
    caption: html`Mean difference in test accuracy over pairs of runs with the same seed, with its 95 % interval.
Under each: in how many seeds the difference was above zero, and p of the two-sided sign test${floorOf(gains)}.`,
    spec: (width) => gainChart(gains, width),
  });

/** What p cannot fall below, which few seeds make easy to forget. */
const floorOf = (gains: readonly Gain[]): string => {
  const seeds = Math.max(...gains.map(({ gain }) => gain.seeds));
  return seeds < 6 ? `; with ${seeds} ${seeds === 1 ? 'seed' : 'seeds'} it is never below ${2 * 0.5 ** seeds}` : '';
};

const gainChart = (gains: readonly Gain[], width: number): TopLevelSpec => {
  const rows = gains.map(({ labels, gain }) => {
    const [mean, half] = [100 * gain.mean, 100 * (gain.half ?? 0)];
    const place = [count(labels), tally(gain), chance(gain.p)].join('|');
    return { place, mean, low: mean - half, high: mean + half, text: points(gain.mean) };
  });
  const x = {
    field: 'place',
    type: 'ordinal',
    sort: rows.map(({ place }) => place),
    title: 'labelled images per class',
    axis: {
      labelExpr: "split(datum.label, '|')",
      labelAngle: 0,
      labelLineHeight: 16,
      labelOverlap: false,
      ticks: false,
    },
  } as const;
  const y = { type: 'quantitative', title: 'gain, percentage points' } as const;
  return {
    width,
    height: Math.min(320, width * 0.85),
    autosize: { type: 'fit', contains: 'padding' },
    data: { values: rows },
    layer: [
      { mark: { type: 'rule', color: '#222', strokeWidth: 1.2 }, encoding: { y: { ...y, datum: 0 } } },
      { mark: { type: 'rule', strokeWidth: 2 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } } },
      ...(['low', 'high'] as const).map((end) => ({
        mark: { type: 'tick', orient: 'horizontal', size: 12, thickness: 2, color: '#222' } as const,
        encoding: { x, y: { ...y, field: end } },
      })),
      {
        mark: { type: 'point', filled: true, size: 90, color: '#c1420b', opacity: 1 },
        encoding: { x, y: { ...y, field: 'mean' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 10, fontSize: 13, fontWeight: 600 },
        encoding: { x, y: { ...y, field: 'mean' }, text: { field: 'text' } },
      },
    ],
  };
};

/** The comparisons that matter, where both arms are in the study. */
const pairsOf = ({ arms }: StudyTable): [of: string, over: string][] => {
  const variants = arms.filter((arm) => arm.startsWith(`${HERO}:`));
  const pairs: [string, string][] = [
    [HERO, RIVAL],
    ['classical', 'none'],
    ['boomerang', 'none'],
    ['copies', 'none'],
    ...variants.map((arm): [string, string] => [arm, HERO]),
    ...variants.map((arm): [string, string] => [arm, RIVAL]),
  ];
  return pairs.filter((pair) => pair.every((arm) => arms.includes(arm)));
};

const tableOf = (table: StudyTable): Content[] => [
  tableMarkup({
    caption: 'Gains in test accuracy, percentage points: mean, 95 % interval, seeds above zero, p of the sign test',
    headers: ['', ...table.labels.map(count)],
    rows: pairsOf(table).map(([of, over]) => [
      `${armName(of)} over ${armName(over)}`,
      ...table.labels.map((labels) => cellOf(table.gain(of, over, labels))),
    ]),
  }),
  html`<p class="note">Of so many intervals about one in twenty misses the truth. What was not planned beforehand is
a hint, not a finding.</p>`,
];

const cellOf = (gain: Difference | undefined): Content =>
  gain ? html`<b>${points(gain.mean)}</b><br><small>${ends(gain)}<br>${tally(gain)}, ${chance(gain.p)}</small>` : '–';
