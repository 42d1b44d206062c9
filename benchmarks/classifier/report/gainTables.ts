import { type Content, html, tableMarkup } from '../../../src/node/html/markup.ts';
import type { Question } from '../arms.ts';
import type { Difference } from '../intervals.ts';
import type { StudyTable } from './studyTable.ts';
import { armName, chance, count, ends, points, variantName } from './wording.ts';

/** The gains that matter, in tables: what each addition gains, and what each variant gains over two yardsticks. */
export const gainTables = (table: StudyTable): Content[] => {
  const { hero, rival } = table.question;
  const variants = table.arms.filter((arm) => arm !== hero && isVariantOf(arm, hero));
  const named = variants.map((arm) => [variantName(arm) ?? arm, arm] as const);
  const controls = table.arms.filter((arm) => arm.startsWith(`${rival}:`));
  const main = pairsOf(table.question, controls).map(
    ([of, over]): Row => ({ name: `${armName(of)} over ${armName(over)}`, of, over }),
  );
  const tables = [
    tableOf(table, `Gains in ${table.images} accuracy`, main),
    ...[rival, hero].map((over) => {
      const rows = named.map(([name, of]): Row => ({ name, of, over }));
      const yardstick = over === hero && !hero.includes(':') ? 'itself' : armName(over);
      return tableOf(
        table,
        `Gains of the ${hero.includes(':') ? 'others' : `variants of ${armName(hero)}`} over ${yardstick}`,
        rows,
      );
    }),
  ].filter((found) => found !== undefined);
  return tables.length === 0 ? [] : [...tables, NOTE];
};

/** Whether an arm does in another way what a hero does. */
const isVariantOf = (arm: string, hero: string): boolean => arm.split(':')[0] === hero.split(':')[0];

const NOTE = html`<p class="note">Each cell: mean gain, its 95 % interval, seeds above zero, p of the sign test. About
one in twenty of such intervals misses the truth: of many gains, the best one flatters.</p>`;

/** What is compared with what; `controls` are classical arms with something else that Boomerang brings. */
const pairsOf = ({ hero, rival }: Question, controls: readonly string[]): (readonly [of: string, over: string])[] => [
  [hero, rival],
  ...controls.map((control) => [hero, control] as const),
  ...controls.map((control) => [control, rival] as const),
  [rival, 'none'],
  ['boomerang', 'none'],
  ['copies', 'none'],
];

type Row = { readonly name: string; readonly of: string; readonly over: string };

/** Rows whose arms are both in the study; no table without any. */
const tableOf = (table: StudyTable, caption: string, all: readonly Row[]): Content | undefined => {
  const rows = all.filter(({ of, over }) => table.arms.includes(of) && table.arms.includes(over));
  if (rows.length === 0) return undefined;
  return tableMarkup({
    caption: `${caption}, percentage points, by labelled images per class`,
    headers: ['', ...table.labels.map(count)],
    rows: rows.map(({ name, of, over }) => [
      name,
      ...table.labels.map((labels) => cellOf(table.gain(of, over, labels))),
    ]),
  });
};

const cellOf = (gain: Difference | undefined): Content =>
  gain
    ? html`<b>${points(gain.mean)}</b><br><small>${ends(gain)}<br>${gain.above}/${gain.seeds}, ${chance(gain.p)}</small>`
    : '–';
