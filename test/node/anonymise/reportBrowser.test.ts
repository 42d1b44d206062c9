import { expect } from 'chai';
import { reportHtml } from '../../../src/node/anonymise/reportPage.ts';
import { describeChromium } from '../../support/chromium.ts';
import { lookOf, openPage } from '../../support/pageLook.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { bareReport, madeUpReport } from './madeUp.ts';
import { pairs } from './madeUpPairs.ts';

describeChromium('the page of a report in a browser', (browser) => {
  const scratch = scratchFolder();
  const path = () => scratch('report.html');

  for (const width of [1200, 390, 320]) {
    it(`shows charts and pictures, legible and whole, on ${width} pixels`, async () => {
      const html = await reportHtml(madeUpReport(), pairs(20));
      const { page, faults } = await openPage(browser(), { path: path(), html, width });
      const look = await lookOf(page);
      expect(faults).to.deep.equal([]);
      expect(look.width).to.equal(width);
      expect(look.images).to.deep.equal(Array(40).fill(64));
      expect(look.charts.map(({ points }) => points)).to.deep.equal([2 * 9, (5 + 1 + 1) * 9]);
      for (const { label, outside, overlapping, smallest } of look.charts) {
        expect(label).to.match(/^[A-Z].{30,}\.$/);
        expect(outside, label).to.deep.equal([]);
        expect(overlapping, label).to.deep.equal([]);
        if (width > 320) expect(smallest, label).to.be.at.least(10);
      }
      await page.close();
    });
  }

  it('shows what there is where little was measured', async () => {
    const html = await reportHtml(bareReport(), []);
    const { page, faults } = await openPage(browser(), { path: path(), html, width: 390 });
    const look = await lookOf(page);
    expect(faults).to.deep.equal([]);
    expect(look.width).to.equal(390);
    expect(look.charts.map(({ points }) => points)).to.deep.equal([2 * 9]);
    await page.close();
  });
});
