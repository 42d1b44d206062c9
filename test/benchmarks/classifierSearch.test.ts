import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ARMS } from '../../benchmarks/classifier/arms.ts';
import { readSearch, type SearchOptions } from '../../benchmarks/classifier/searchOptions.ts';
import { readTrials, type TrialRecord, trialTables } from '../../benchmarks/classifier/searchRecords.ts';
import { AT_FIRST, TRIALS } from '../../benchmarks/classifier/trials.ts';
import { ArgumentError } from '../../src/errors.ts';
import { scratchFolder } from '../support/scratch.ts';
import { describeShared, root, shared } from '../support/shared.ts';

const typed = (options: Partial<SearchOptions> = {}): SearchOptions => ({
  ...{ model: 'm', group: 'strong', labels: '20', seeds: '100,101', steps: '10', banks: 'b', out: 'o' },
  ...options,
});

describe('the search of the classifier benchmark', () => {
  it('gives the baseline as many trials as variants on top of it have', () => {
    const { strong = [], boomerang = [] } = TRIALS;
    expect([strong.length, boomerang.length]).to.deep.equal([8, 8]);
  });

  it('names every trial once in its group, and arms that are there', () => {
    for (const trials of Object.values(TRIALS)) {
      expect(new Set(trials.map(({ name }) => name))).to.have.property('size', trials.length);
      for (const { arm } of trials) expect(ARMS).to.have.property(arm);
    }
  });

  it('tries a trial of two groups once, and never looks at test images', () => {
    const { trials, settings, seeds } = readSearch(typed({ group: 'strong,boomerang' }));
    expect(trials).to.have.length(8 + 8 - 1);
    expect(settings.on).to.equal('validation');
    expect(seeds).to.deep.equal([100, 101]);
  });

  for (const [option, value, code] of [
    ['group', 'strong,magic', 'unknown-group-of-trials'],
    ['labels', '0', 'bad-labels'],
    ['seeds', '100,x', 'bad-seeds'],
    ['steps', '', 'bad-steps'],
    ['minutes', '0', 'bad-minutes'],
  ] as const) {
    it(`refuses --${option} "${value}" in one line`, () => {
      expect(() => readSearch(typed({ [option]: value })))
        .to.throw(ArgumentError)
        .with.property('code', code);
    });
  }

  it('tries those alone whose names are asked for, and refuses names that are none', () => {
    const { trials } = readSearch(typed({ only: ['mixup', 'Trivial'] }));
    expect(trials).to.have.length(3);
    expect(() => readSearch(typed({ only: ['magic'] })))
      .to.throw(ArgumentError, '"magic"')
      .with.property('code', 'no-trials');
  });

  it('shows the best first, and how far each is above strong augmentation alone, seed by seed', () => {
    const record = (name: string, seed: number, validation: number, more: Partial<TrialRecord> = {}): TrialRecord =>
      ({
        name,
        seed,
        validation,
        arm: 'strong+boomerang',
        changes: { strong: AT_FIRST },
        labels: 20,
        steps: 1620,
        ...more,
      }) as TrialRecord;
    const alone = { arm: 'strong', changes: { strong: AT_FIRST } };
    const harder = { changes: { strong: { cutout: 9 } } };
    const table = trialTables([
      record('b', 2, 0.83),
      record('a', 1, 0.7, alone),
      record('a', 2, 0.8, alone),
      record('b', 1, 0.72),
      record('c', 1, 0.5, harder),
      record('e', 1, 0.4, { ...harder, arm: 'strong' }),
      record('d', 1, 0.6, { steps: 10 }),
      record('g', 1, 0.6, { ...alone, steps: 20 }),
      record('f', 2, 0.7, { steps: 20 }),
    ]);
    const rows = table.split('\n').map((row) =>
      row
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, 6),
    );
    const over = ['above RandAugment 1, 4; cutout 8', 'above the same without'];
    expect(rows[0]).to.deep.equal(['20 labels a class, 1,620 steps', 'mean', 'by seed', ...over]);
    const gain = '+2.5 (−3.9 to 8.9; 2 of 2)';
    expect(rows.slice(2, 6)).to.deep.equal([
      ['b', '77.5', '1: 72.0, 2: 83.0', gain, gain],
      ['a', '75.0', '1: 70.0, 2: 80.0', '', ''],
      ['c', '50.0', '1: 50.0', '−20.0 (one seed; 0 of 1)', '+10.0 (one seed; 1 of 1)'],
      ['e', '40.0', '1: 40.0', '−30.0 (one seed; 0 of 1)', ''],
    ]);
    const rest = new Map(rows.map(([name, , , ...gains]) => [name, gains]));
    expect(rest.get('d')).to.deep.equal(['', '']); // nothing to compare with was trained for as many steps
    expect(rest.get('f')).to.deep.equal(['no seed in common', 'no seed in common']);
  });

  it('stands in the README of benchmarks as its records say', () => {
    const read = (file: string): string => readFileSync(join(root, 'benchmarks', file), 'utf8');
    const [, tables = ''] = /<!-- search -->\n([\s\S]*?)<!-- \/search -->/.exec(read('README.md')) ?? [];
    expect(tables).to.not.equal('');
    expect(tables.trim()).to.equal(trialTables(readTrials(join(root, 'benchmarks/results/search.jsonl'))).trim());
  });
});

describeShared('benchmarks/classifier/search.ts', 'data/fashion-mnist', function (this: Mocha.Suite) {
  this.timeout(200_000);
  const path = scratchFolder();

  it('writes down what came out, and does not try it again', () => {
    const args = ['--group', 'strong', '--only', 'flip and crop', '--labels', '1', '--seeds', '100', '--steps', '2'];
    const search = (...more: readonly string[]) =>
      spawnSync(
        process.execPath,
        ['--import', 'tsx', 'benchmarks/classifier/search.ts', '--data', shared('data/fashion-mnist'), ...args].concat(
          '--out',
          path('search.jsonl'),
          '--banks',
          path('banks'),
          more,
        ),
        { cwd: root, encoding: 'utf8' },
      );
    const first = search();
    expect(first.status, first.stderr).to.equal(0);
    const [record] = readTrials(path('search.jsonl'));
    expect(record).to.include({ name: 'flip and crop alone', arm: 'strong', labels: 1, seed: 100, steps: 2 });
    expect(record).to.not.have.property('accuracy'); // which would be that of test images in a study
    expect(Object.keys(record?.trust?.robustness ?? {})).to.deep.equal(['noise', 'blur', 'contrast', 'pixelation']);
    const again = search('--dry-run');
    expect(again.stderr).to.include('1 of 1 trainings are done').and.to.include('0 trainings of 2 steps');
    expect(
      readFileSync(join(path('search.jsonl')), 'utf8')
        .trimEnd()
        .split('\n'),
    ).to.have.length(1);
  });
});
