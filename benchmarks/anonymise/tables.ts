import type { Chart } from '../../src/node/chartSpec.ts';
import type { Portion, WayFigures } from './measureWay.ts';
import type { CurveRow, Study } from './study.ts';
import { NAMES } from './ways.ts';

const WORDS = {
  boomerang: 'Boomerang, strength',
  classed: 'Boomerang told the class, strength',
  pixelation: 'pixelation, blocks of',
  blur: 'blur, sigma',
} as const;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const portion = ([share, low, high]: Portion): string =>
  `${percent(share)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;

/** What was not measured: nobody was found in any copy, say. */
const ABSENT = '-';

type Column = readonly [head: string, cell: (figures: WayFigures) => string | undefined];

/** Columns for what was measured in some row. */
const columnsFor = (rows: readonly WayFigures[]): readonly Column[] => {
  const names = [...new Set(rows.flatMap(({ kept }) => Object.keys(kept)))].sort();
  const all: readonly Column[] = [
    ['own picture first', ({ own }) => own && portion(own)],
    ['person first', ({ person }) => person && portion(person)],
    ['taken for the person', ({ accepted }) => accepted && portion(accepted)],
    ['face found', ({ found, labels }) => (labels ? undefined : found && portion(found))],
    ['class kept', ({ labels }) => labels && portion(labels)],
    ...names.map(
      (name): Column => [
        `${name} kept (by chance)`,
        ({ kept: { [name]: both } }) => both && `${percent(both[0])} (${(100 * both[1]).toFixed(0)})`,
      ],
    ),
    ['SSIM', ({ ssim }) => ssim.toFixed(2)],
    ['distance', ({ distance }) => distance.toFixed(3)],
    ['Frechet', ({ frechet }) => frechet?.toFixed(3)],
  ];
  return all.filter(([, cell]) => rows.some((row) => cell(row) !== undefined));
};

const cellsOf = (columns: readonly Column[], figures: WayFigures | undefined): readonly string[] =>
  columns.map(([, cell]) => (figures && cell(figures)) ?? ABSENT);

const headsOf = (columns: readonly Column[]): readonly string[] => columns.map(([head]) => head);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Tables in Markdown: what each judge sees, level by level, and what was chosen. */
export const tablesOf = ({ curves, chosen }: Study): { readonly levels: string; readonly chosen: string } => {
  const judges = [...new Set(curves.map(({ judge }) => judge))];
  const levels = judges.map((judge) => {
    const rows = curves.filter((row) => row.judge === judge);
    const columns = columnsFor(rows);
    const ordered = NAMES.flatMap((name) => rows.filter((row) => row.name === name));
    const cells = ordered.map((row) => [`${WORDS[row.name]} ${row.level}`, ...cellsOf(columns, row)]);
    return `Judged by ${judge}:\n\n${table(['copies by', ...headsOf(columns)], cells)}`;
  });
  const picked = judges.map((judge) => {
    const rows = chosen.filter(({ chosenBy }) => chosenBy !== judge);
    const columns = columnsFor(rows.flatMap(({ judged }) => judged ?? []));
    const cells = rows.map(({ target, name, level, judged }) => [
      percent(target),
      `${WORDS[name]}${level === undefined ? ': none meets it' : ` ${level}`}`,
      ...cellsOf(columns, judged),
    ]);
    const title = `Chosen by ${rows[0]?.chosenBy} on half of the people, judged by ${judge} on the other half`;
    return `${title}:\n\n${table(['target', 'chosen', ...headsOf(columns)], cells)}`;
  });
  return { levels: levels.join('\n\n'), chosen: picked.join('\n\n') };
};

/** How many are recognised, against what is kept: the further left and up, the better. */
export const chartOf = ({ curves }: Study, kept: (row: CurveRow) => number | undefined, title: string): Chart => ({
  panels: [...new Set(curves.map(({ judge }) => judge))].map((judge) => ({
    title: `${title}, judged by ${judge}`,
    lines: NAMES.filter((name) => curves.some((row) => row.name === name)).map((name) => ({
      name,
      points: curves
        .filter((row) => row.judge === judge && row.name === name)
        .flatMap((row) => {
          const y = kept(row);
          return y === undefined || !row.own ? [] : [{ x: row.own[0], y }];
        })
        .sort((a, b) => a.x - b.x),
    })),
    domain: [0, 1],
    format: '.0%',
  })),
  xTitle: 'copies whose own original comes first in a search',
  isKeyed: false, // names would lie on the lines
  width: 360,
  height: 240,
});
