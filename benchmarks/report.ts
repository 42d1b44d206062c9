import { type Figure, isMet, type Wanted } from './figure.ts';
import type { Entry } from './record.ts';

/** Headers and rows of cells, and what stands above them. */
export type Table = {
  readonly title: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** Figures as tables: one for each heading, in it a row for each place and a column for each thing that was measured. */
export const tablesOf = (figures: readonly Figure[], titleOf = ({ table = '' }: Figure): string => table): Table[] =>
  groups(figures, titleOf).map(([title, group]) => {
    const places = [...new Set(group.flatMap(({ at }) => Object.keys(at)))];
    const columns = [...new Map(group.map((figure) => [figure.what, headerOf(figure)]))];
    const rows = groups(group, ({ at }) => JSON.stringify(at)).map(([, row]) => [
      ...places.map((place) => String(row[0]?.at[place] ?? '')),
      ...columns.map(([what]) =>
        row
          .filter((figure) => figure.what === what)
          .map(cellOf)
          .join(' '),
      ),
    ]);
    return { title, headers: [...places, ...columns.map(([, header]) => header)], rows };
  });

/** Items under the same key, in the order of their first one. */
const groups = <Item>(items: readonly Item[], keyOf: (item: Item) => string): [key: string, Item[]][] => {
  const grouped = new Map<string, Item[]>();
  for (const item of items) grouped.set(keyOf(item), [...(grouped.get(keyOf(item)) ?? []), item]);
  return [...grouped];
};

const headerOf = ({ what, unit }: Figure): string => (unit ? `${what} (${unit})` : what);

/** The median, quartiles where they differ from it, and whether what was wanted is met. */
const cellOf = (figure: Figure): string => {
  const { median, q1, q3, wanted } = figure;
  const spread = q1 === q3 ? '' : ` (${readable(q1)}–${readable(q3)})`;
  const verdict = isMet(figure) ? ' ✓' : ` ✗ wanted ${boundsOf(wanted ?? {})}`;
  return readable(median) + spread + (wanted === undefined ? '' : verdict);
};

const boundsOf = ({ least, most }: Wanted): string =>
  [...(least === undefined ? [] : [`≥ ${least}`]), ...(most === undefined ? [] : [`≤ ${most}`])].join(', ');

/** Three digits that count; whole numbers whole. */
const readable = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 1000 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();

/** Columns aligned at the left, for a terminal. */
export const asText = ({ title, headers, rows }: Table): string => {
  const widths = headers.map((header, n) => Math.max(header.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ');
  return [...(title ? [title] : []), ...[headers, ...rows].map((cells) => line(cells).trimEnd()), ''].join('\n');
};

export const asMarkdown = ({ title, headers, rows }: Table): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = [line(headers), line(headers.map(() => '---')), ...rows.map(line)];
  return [...(title ? [`**${title}**`, ''] : []), ...lines].join('\n');
};

/** Where and when the entries of a benchmark were taken, in a sentence. */
export const provenance = (entries: readonly Entry[]): string => {
  const several = (values: readonly (string | number)[]): string => [...new Set(values)].join(', ');
  const loads = entries.map(({ load }) => load);
  const versions = entries.map(({ versions: all }) =>
    Object.entries(all).map(([name, version]) => `${name} ${version}`),
  );
  return (
    `${several(entries.map(({ date }) => date.slice(0, 10)))}, commit ${several(entries.map(({ commit }) => commit))}; ` +
    `${several(entries.map(({ cpu, cores }) => `${cpu}, ${cores} cores`))}; load ${Math.min(...loads)} to ` +
    `${Math.max(...loads)}; ${several(versions.flat())}${entries.some(({ quick }) => quick) ? '; quick runs' : ''}.`
  );
};

/**
 * A document with the part between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` replaced by the tables of that
 * benchmark, for every benchmark that has entries.
 *
 * @throws Error for a benchmark without its markers.
 */
export const withTables = (document: string, entries: readonly Entry[]): string =>
  groups(entries, ({ bench }) => bench).reduce((text, [bench, group]) => {
    const [open, close] = [`<!-- bench:${bench} -->`, `<!-- /bench:${bench} -->`];
    const [start, end] = [text.indexOf(open), text.indexOf(close)];
    if (start < 0 || end < start) throw new Error(`the document needs the lines ${open} and ${close}, in this order`);
    const body = [provenance(group), ...tablesOf(group).map(asMarkdown)].join('\n\n');
    return `${text.slice(0, start + open.length)}\n${body}\n${text.slice(end)}`;
  }, document);
