import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Study } from '../../benchmarks/classifier/record.ts';
import { reportHtml, summaryPicture, summaryTable } from '../../benchmarks/classifier/report.ts';
import { readRuns } from '../../benchmarks/classifier/runs.ts';
import { root } from '../support/shared.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the published study of classifiers', () => {
  const study: Study = JSON.parse(read('benchmarks/results/study.json'));
  const runs = readRuns(join(root, 'benchmarks/results/runs.jsonl'), study.digest);

  it('has the report and the picture that its records give', async () => {
    expect(runs).to.not.be.empty;
    expect(read('benchmarks/results/report.html')).to.equal(await reportHtml(study, runs));
    expect(read('benchmarks/results/accuracy.svg')).to.equal(await summaryPicture(runs));
  });

  it('stands in the README as its records say', () => {
    const [, table = ''] = /<!-- study -->\n([\s\S]*?)<!-- \/study -->/.exec(read('README.md')) ?? [];
    expect(table.trim()).to.equal(summaryTable(runs).trim());
  });

  it('says first, as the README does, what it is true of, and when not to follow it', () => {
    for (const text of [study.correction, read('README.md')]) {
      expect(text)
        .to.match(/Do not use Boomerang [^.]* where classical augmentation can be had/)
        .and.match(/true of a weak baseline only/)
        .and.match(/77\.1 %[^.]* without Boomerang and 76\.5 % with it\s+\(−0\.5, (95 % interval )?−1\.8 to 0\.7/);
    }
  });

  it('trained every arm with the same seeds at a label count, and looked at the test images after it', () => {
    expect(study.settings['on']).to.equal('test');
    for (const labels of new Set(runs.map((run) => run.labels))) {
      const seedsOf = (arm: string): number[] =>
        runs.flatMap((run) => (run.arm === arm && run.labels === labels ? [run.seed] : [])).toSorted();
      expect(seedsOf('classical+boomerang'), `${labels} labels`).to.deep.equal(seedsOf('classical'));
    }
  });
});
