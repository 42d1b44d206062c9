import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pairedDifference } from '../../benchmarks/classifier/intervals.ts';
import type { RunRecord, Study } from '../../benchmarks/classifier/record.ts';
import { studyTable } from '../../benchmarks/classifier/report/studyTable.ts';
import { count, ends, percent, points } from '../../benchmarks/classifier/report/wording.ts';
import { reportHtml, summaryPicture, summaryTable } from '../../benchmarks/classifier/report.ts';
import { readRuns } from '../../benchmarks/classifier/runs.ts';
import { root } from '../support/shared.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const PAGES = ['README.md', 'docs/evidence.md'];

/** What lies between two marks of a page. */
const marked = (page: string, mark: string): string =>
  (new RegExp(`<!-- ${mark} -->\\n([\\s\\S]*?)<!-- /${mark} -->`).exec(read(page)) ?? [])[1]?.trim() ?? '';

/** On top of strong augmentation, of uneven labels, and the first one, beside flips and shifts. */
const STUDIES = [
  { folder: 'strong', pages: PAGES },
  { folder: 'uneven', pages: PAGES },
  { folder: '', pages: ['docs/evidence.md'] },
].map(({ folder, pages }) => {
  const place = join('benchmarks/results', folder);
  const study: Study = JSON.parse(read(join(place, 'study.json')));
  return {
    name: folder || 'first',
    place,
    pages,
    study,
    runs: readRuns(join(root, place, 'runs.jsonl'), study.digest),
  };
});

for (const { name, place, pages, study, runs } of STUDIES) {
  describe(`the published study of classifiers (${name})`, () => {
    it('has the report and the picture that its records give', async () => {
      expect(runs).to.not.be.empty;
      expect(read(join(place, 'report.html'))).to.equal(await reportHtml(study, runs));
      expect(read(join(place, 'accuracy.svg'))).to.equal(await summaryPicture(runs));
    });

    it('stands in the pages as its records say', () => {
      for (const page of pages) expect(marked(page, `study ${name}`), page).to.equal(summaryTable(runs).trim());
    });

    it('trained both arms that it is about with the same seeds, and looked at the test images after it', () => {
      expect(study.settings['on']).to.equal('test');
      const { labels, runsOf, question } = studyTable(runs, study);
      const seedsOf = (arm: string, at: number): number[] => runsOf(arm, at).map(({ seed }) => seed);
      for (const at of labels) expect(seedsOf(question.hero, at), `${at}`).to.have.members(seedsOf(question.rival, at));
    });
  });
}

describe('what is claimed of classifiers', () => {
  const [strong, uneven, first] = STUDIES as [(typeof STUDIES)[0], (typeof STUDIES)[0], (typeof STUDIES)[0]];
  type Value = (run: RunRecord) => number | undefined;
  const accuracy: Value = ({ accuracy: share }) => share;
  const noise: Value = ({ trust }) => trust && mean(trust.robustness['noise'] ?? []);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const bySeed = ({ runs }: typeof strong, arm: string, value: Value): Map<number, number> =>
    new Map(runs.flatMap((run) => (run.arm === arm && run.labels === 20 ? [[run.seed, value(run) as number]] : [])));

  /** "77.1 % instead of 76.0 % (+1.1, 0.3 to 1.9; 9 of 10 seeds)" */
  const told = (of: typeof strong, hero: string, rival: string, value = accuracy): string => {
    const [own, other] = [bySeed(of, hero, value), bySeed(of, rival, value)];
    const gain = pairedDifference(own, other);
    if (gain === undefined) throw new Error(`no seed ran both ${hero} and ${rival}`);
    const [high, low] = [own, other].map((values) => percent(mean([...values.values()])));
    const seeds = `${count(gain.above)} of ${count(gain.seeds)} seeds`;
    return `${high} % instead of ${low} % (${points(gain.mean)}, ${ends(gain)}; ${seeds})`;
  };

  for (const page of PAGES) {
    it(`is what the records say: ${page}`, () => {
      const claim = marked(page, 'claim').replaceAll(/\s+/g, ' ');
      expect(claim).to.match(/^Do not use Boomerang [^.]* where strong classical augmentation can be had/);
      expect(claim).to.include(told(strong, 'strong+boomerang', 'strong'));
      expect(claim).to.include(told(strong, 'strong+boomerang', 'strong', noise));
      expect(claim).to.include(told(uneven, 'strong+boomerang:rare', 'strong:rare'));
    });
  }

  it('is said of the first study where it stands, and in its report', () => {
    for (const text of [first.study.correction, read('docs/evidence.md')])
      expect(text).to.match(/true of a weak baseline only/);
  });
});
