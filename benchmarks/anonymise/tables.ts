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
const portion = (value: Portion | undefined): string =>
  value ? `${percent(value[0])} (${(100 * value[1]).toFixed(1)} to ${(100 * value[2]).toFixed(1)})` : '';

const figureCells = (figures: WayFigures): readonly string[] => [
  portion(figures.own),
  ...(figures.person ? [portion(figures.person)] : []),
  ...(figures.found && !figures.labels ? [portion(figures.found)] : []),
  ...(figures.labels ? [portion(figures.labels)] : []),
  ...Object.values(figures.kept).map(([kept, chance]) => `${percent(kept)} (${(100 * chance).toFixed(0)})`),
  figures.ssim.toFixed(2),
  figures.distance.toFixed(3),
  figures.frechet?.toFixed(3) ?? '',
];

const figureHeads = (figures: WayFigures): readonly string[] => [
  'own picture first',
  ...(figures.person ? ['person first'] : []),
  ...(figures.found && !figures.labels ? ['face found'] : []),
  ...(figures.labels ? ['class kept'] : []),
  ...Object.keys(figures.kept).map((name) => `${name} kept (by chance)`),
  'SSIM',
  'distance',
  'Frechet',
];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Tables in Markdown: what each judge sees, level by level, and what was chosen. */
export const tablesOf = ({ curves, chosen }: Study): string => {
  const judges = [...new Set(curves.map(({ judge }) => judge))];
  const levels = judges.map((judge) => {
    const rows = curves.filter((row) => row.judge === judge);
    const head = ['copies by', ...figureHeads(rows[0] as CurveRow)];
    const cells = rows.map((row) => [`${WORDS[row.name]} ${row.level}`, ...figureCells(row)]);
    return `Judged by ${judge}:\n\n${table(head, cells)}`;
  });
  const picked = judges.map((judge) => {
    const rows = chosen.filter(({ chosenBy }) => chosenBy !== judge);
    const some = rows.find(({ judged }) => judged)?.judged;
    const cells = rows.map(({ target, name, level, judged }) => [
      percent(target),
      level === undefined ? `${WORDS[name]}: none meets it` : `${WORDS[name]} ${level}`,
      ...(judged ? figureCells(judged) : []),
    ]);
    const by = rows[0]?.chosenBy;
    const head = ['target', 'chosen', ...(some ? figureHeads(some) : [])];
    return `Chosen by ${by} on half of the people, judged by ${judge} on the other half:\n\n${table(head, cells)}`;
  });
  return [...levels, ...picked].join('\n\n');
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
  width: 360,
  height: 240,
});
