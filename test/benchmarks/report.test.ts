import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compared } from '../../benchmarks/against.ts';
import type { Figure } from '../../benchmarks/figure.ts';
import { type Entry, mergeEntries, readEntries } from '../../benchmarks/record.ts';
import { asMarkdown, asText, tablesOf, withTables } from '../../benchmarks/report.ts';
import { exactly } from '../../benchmarks/statistics.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';

const figure = (batch: number, what: string, rest: Partial<Figure> = {}): Figure => ({
  bench: 'speed',
  engine: 'tfjs, wasm',
  at: { network: 'small', batch },
  what,
  unit: '',
  ...exactly(batch),
  ...rest,
});

const entry = (bench: string, median: number): Entry => ({
  ...figure(1, 'time', { bench, unit: 'ms', ...exactly(median) }),
  commit: 'abc1234',
  date: '2026-11-23T10:00:00.000Z',
  versions: { node: '20.20.2' },
  cpu: 'a processor',
  cores: 2,
  load: 0.5,
  quick: false,
});

describe('the tables of benchmarks', () => {
  const scratch = scratchFolder();

  it('have a row for each place and a column for each thing measured', () => {
    const figures = [
      figure(1, 'rate'),
      figure(1, 'time', { unit: 'ms', median: 2.3456, q1: 2, q3: 3 }),
      figure(4, 'rate'),
    ];
    expect(tablesOf(figures)).to.deep.equal([
      {
        title: '',
        headers: ['network', 'batch', 'rate', 'time (ms)'],
        rows: [
          ['small', '1', '1', '2.35 (2–3)'],
          ['small', '4', '4', ''],
        ],
      },
    ]);
  });

  it('say which bounds are met, and which were missed', () => {
    const met = figure(1, 'share', { ...exactly(0.97), wanted: { least: 0.95 } });
    const missed = figure(2, 'share', { ...exactly(0.9), wanted: { least: 0.95 } });
    const over = figure(3, 'share', { ...exactly(0.9), wanted: { most: 0.03 } });
    const [table] = tablesOf([met, missed, over]);
    expect(table?.rows.map((row) => row.at(-1))).to.deep.equal([
      '0.97 ✓',
      '0.9 ✗ wanted ≥ 0.95',
      '0.9 ✗ wanted ≤ 0.03',
    ]);
  });

  it('are written for terminals and for Markdown', () => {
    const [table] = tablesOf([figure(1, 'rate', { table: 'Speeds' })]);
    if (table === undefined) throw new Error('no table');
    expect(asText(table)).to.equal('Speeds\nnetwork  batch  rate\nsmall    1      1\n');
    expect(asMarkdown(table)).to.equal(
      '**Speeds**\n\n| network | batch | rate |\n| --- | --- | --- |\n| small | 1 | 1 |',
    );
  });

  it('replace what stands between the markers, and nothing else', () => {
    const document = 'before\n<!-- bench:speed -->\nold\n<!-- /bench:speed -->\nafter\n';
    const once = withTables(document, [entry('speed', 5)]);
    expect(once).to.match(/^before\n<!-- bench:speed -->\n2026-11-23, commit abc1234; a processor, 2 cores;/);
    expect(once).to.include('| small | 1 | 5 |').and.not.include('old');
    expect(once.endsWith('\n<!-- /bench:speed -->\nafter\n')).to.equal(true);
    expect(withTables(once, [entry('speed', 5)])).to.equal(once);
    expect(() => withTables(document, [entry('memory', 5)])).to.throw(/<!-- bench:memory -->/);
  });

  it('in the README are those of the results that are kept beside it', () => {
    const folder = join(root, 'benchmarks');
    const document = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(withTables(document, readEntries(join(folder, 'results.jsonl')))).to.equal(document);
  });

  it('come from a file in which only the benchmarks that ran anew are replaced', () => {
    const path = scratch('results.jsonl');
    mergeEntries(path, [entry('speed', 1), entry('memory', 2)]);
    mergeEntries(path, [entry('speed', 3)]);
    expect(readEntries(path).map(({ bench, median }) => [bench, median])).to.deep.equal([
      ['memory', 2],
      ['speed', 3],
    ]);
  });
});

describe('a comparison of two commits', () => {
  it('is a ratio for each figure that both have, from the same rounds', () => {
    const at = (median: number) => [figure(1, 'time', { unit: 'ms', ...exactly(median) }), figure(2, 'new')];
    const theirs = (median: number) => [figure(1, 'time', { unit: 'ms', ...exactly(median) })];
    const [first, ...others] = compared([at(10), at(30)], [theirs(20), theirs(20)]);
    expect(others).to.deep.equal([]);
    expect(first).to.include({ what: 'time (ms)', unit: '', median: 1, q1: 0.75, q3: 1.25, runs: 2 });
  });
});
