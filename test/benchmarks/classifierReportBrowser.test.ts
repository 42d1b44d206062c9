import { expect } from 'chai';
import { reportHtml } from '../../benchmarks/classifier/report.ts';
import { describeChromium } from '../support/chromium.ts';
import { lookOf, openPage } from '../support/pageLook.ts';
import { scratchFolder } from '../support/scratch.ts';
import { syntheticRuns, syntheticStudy } from './classifierStudy.ts';

describeChromium('the classifier report in a browser', (browser) => {
  const scratch = scratchFolder();

  const open = (html: string, width: number): ReturnType<typeof openPage> =>
    openPage(browser(), { path: scratch('report.html'), html, width });

  for (const width of [1200, 390, 320]) {
    it(`shows all charts, legible and whole, on ${width} pixels`, async () => {
      const { page, faults } = await open(await reportHtml(syntheticStudy(), syntheticRuns()), width);
      const look = await lookOf(page);
      expect(faults).to.deep.equal([]);
      expect(look.width).to.equal(width);
      expect(look.images).to.deep.equal([6]);
      const [accuracy, gain, cost, strengths, schedules, curves] = look.charts;
      expect(look.charts).to.have.length(6);
      expect(accuracy?.points, 'arms by numbers of labels').to.equal(5 * 5);
      expect(gain?.points, 'numbers of labels').to.equal(5);
      expect(cost?.marks, 'arms by parts').to.be.at.least(10 * 3);
      expect(strengths?.points, 'strengths by panels').to.equal(6 * 3);
      expect(schedules?.marks, 'a fixed strength, a ramp, and four strengths in turns').to.be.at.least(6);
      expect(curves?.points, 'marked steps by arms by numbers of labels').to.equal(4 * 5 * 5);
      for (const { label, outside, overlapping, smallest } of look.charts) {
        expect(label).to.match(/^[A-Z].{30,}\.$/);
        expect(outside, label).to.deep.equal([]);
        expect(overlapping, label).to.deep.equal([]);
        if (width > 320) expect(smallest, label).to.be.at.least(10);
      }
      await page.close();
    });
  }

  it('shows what there is of a study that has begun', async () => {
    const runs = syntheticRuns({ arms: ['classical', 'classical+boomerang'], labels: [20], seeds: 1 });
    const { page, faults } = await open(await reportHtml(syntheticStudy({ strengths: [] }), runs), 390);
    const look = await lookOf(page);
    expect(faults).to.deep.equal([]);
    expect(look.width).to.equal(390);
    expect(look.charts.map(({ points }) => points).slice(0, 2)).to.deep.equal([2, 1]);
    await page.close();
  });

  it('shows in its table of accuracy the mean of the runs', async () => {
    const runs = syntheticRuns();
    const { page } = await open(await reportHtml(syntheticStudy(), runs), 1200);
    const script = `[...document.querySelectorAll('table')[0].rows].map((row) => [...row.cells].map((c) => c.textContent))`;
    const [headers = [], ...rows] = (await page.evaluate(script)) as string[][];
    expect(rows).to.have.length(10);
    const row = rows.find(([name]) => name === 'classical + Boomerang') ?? [];
    for (const [n, labels] of headers.slice(1).entries()) {
      const own = runs.filter((run) => run.arm === 'classical+boomerang' && String(run.labels) === labels);
      const mean = own.reduce((sum, run) => sum + 100 * run.accuracy, 0) / own.length;
      expect(own).to.have.length(5);
      expect(Number.parseFloat(row[n + 1] ?? '')).to.be.closeTo(mean, 0.0501);
    }
    await page.close();
  });
});
