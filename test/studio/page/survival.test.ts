import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { STRENGTHS } from '../../../src/studio/survival.ts';
import { describeChromium } from '../../support/chromium.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';
import {
  barriersOf,
  endStudio,
  goTo,
  type RunningStudio,
  shiftsOf,
  startStudio,
  visitStudio,
} from '../../support/studioPage.ts';

const MEASURED = { name: 'Measure', exact: true } as const;
const middleOf = async (locator: Locator): Promise<{ x: number; y: number }> => {
  const { x, y, width, height } = (await locator.boundingBox()) as Record<'x' | 'y' | 'width' | 'height', number>;
  return { x: x + width / 2, y: y + height / 2 };
};

describeChromium('what survives', (browser) => {
  let folder: string;
  let studio: RunningStudio;

  before(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'boomerang-survival-'));
    studio = await startStudio(writeIdx(folder, stripes(300)), ['--steps', '2']);
  });
  after(async () => {
    await endStudio(studio);
    rmSync(folder, { recursive: true });
  });

  /** Opens the view, and what it asks of the server. */
  const open = async (isDark = false) => {
    const { page, faults } = await visitStudio(browser(), studio.link, { isDark });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await goTo(page, 'What survives');
    await page.locator('.plot').first().waitFor();
    return { page, faults, asked: () => asked.filter((path) => /survival|variants/.test(path)) };
  };

  /** Measures all strengths: the first time that takes a while, then the studio knows them. */
  const measure = async (page: Page): Promise<void> => {
    await page.getByLabel('Images to measure').fill('25');
    await page.getByLabel('Variants of each').fill('2');
    await page.getByRole('button', MEASURED).click();
    await page.getByText('All strengths are measured.', { exact: true }).waitFor({ timeout: 60_000 });
  };

  it('begins nothing unasked, and says what it costs once two variants were tried', async () => {
    const { page, asked } = await open();
    await page.getByText('At most 1,200 variants, at 10 strengths.').waitFor();
    const few = page.getByText('At most 30 can be measured: of 300 images only these are held out');
    await few.waitFor();
    await page.getByLabel('Images to measure').fill('30');
    await few.waitFor({ state: 'detached' });
    expect(asked()).to.deep.equal([]);
    await page.getByRole('button', { name: 'How long? Try two' }).click();
    await page.getByText(/At most 1,200 variants, at 10 strengths: about .+ on this machine/).waitFor();
    expect(asked()).to.deep.equal(['/api/variants']);
    await page.close();
  });

  it('stops where it is told to, and goes on from there', async () => {
    const { page } = await open();
    await page.getByRole('button', MEASURED).click();
    await page.locator('.mark').first().waitFor({ timeout: 60_000 });
    const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/survival'));
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended;
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    expect(await page.locator('.mark').count()).to.be.within(1, STRENGTHS.length - 1);
    await page.close();
  }).timeout(90_000);

  for (const isDark of [false, true]) {
    it(`fills its curves in without barriers, jumps, or styles that its policy forbids, ${isDark ? 'in the dark' : 'in the light'}`, async () => {
      const { page, faults } = await open(isDark);
      await measure(page);
      expect(await page.locator('.mark').count()).to.equal(STRENGTHS.length);
      expect(await page.locator('svg style').count()).to.equal(0);
      await page.locator('summary').first().click();
      await page.locator('.kept tbody').waitFor();
      const rows = await page.locator('.kept tbody tr').allInnerTexts();
      expect(rows).to.have.lengthOf(STRENGTHS.length);
      expect(rows[0]).to.match(/^0\.05\s+[\d.]+ % \([\d.]+ % to [\d.]+ %\)$/);
      expect(await barriersOf(page)).to.deep.equal([]);
      expect(faults).to.deep.equal([]);
      const shifts = await shiftsOf(page);
      expect(
        shifts.reduce((sum, [value]) => sum + value, 0),
        JSON.stringify(shifts),
      ).to.be.below(0.01);
      await page.close();
    }).timeout(90_000);
  }

  it('has its points where Plot drew them, in any width', async () => {
    const { page } = await open();
    await measure(page);
    for (const width of [360, 900]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction('document.querySelector(".kept .plot").clientWidth < innerWidth');
      await page.waitForTimeout(100);
      for (const n of [0, STRENGTHS.length - 1]) {
        const drawn = await middleOf(page.locator('.kept .dots circle').nth(n));
        const opener = await middleOf(page.locator('.mark .reach').nth(n));
        expect(opener.x).to.be.closeTo(drawn.x, 1);
        expect(opener.y).to.be.closeTo(drawn.y, 1);
      }
    }
    await page.close();
  });

  it('moves its target by mouse and by keys, and the useful strengths with it, without the server', async () => {
    const { page, asked } = await open();
    await measure(page);
    const before = asked().length;
    const target = page.getByRole('slider', { name: 'Labels to keep' });
    const field = page.getByLabel('Labels to keep, in %');
    const useful = page.locator('.useful strong');
    const said = await useful.innerText();
    const grip = await middleOf(target.locator('.knob'));
    await page.mouse.move(grip.x, grip.y);
    await page.mouse.down();
    await page.mouse.move(grip.x - 300, grip.y + 60, { steps: 5 });
    await page.mouse.up();
    const dragged = Number(await field.inputValue());
    expect(dragged).to.be.within(50, 75);
    expect(await useful.innerText()).to.not.equal(said);
    expect((await page.locator('p.small').allInnerTexts()).join()).to.include(
      'kept labels are not a better classifier',
    );
    await page.waitForURL(({ search }) => decodeURIComponent(search).includes(`"target":0.${dragged}`));
    await target.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'PageDown', 'ArrowLeft']) await page.keyboard.press(key);
    expect(await field.inputValue()).to.equal(String(dragged - 12));
    expect(await target.getAttribute('aria-valuetext')).to.include(`${dragged - 12} %`);
    await page.keyboard.press('End');
    expect(await field.inputValue()).to.equal('99');
    await field.fill('50');
    expect(await target.getAttribute('aria-valuenow')).to.equal('0.5');
    expect(asked().length).to.equal(before);
    await page.close();
  });

  it('shades the useful strengths that it names, and hands them to the schedule', async () => {
    const { page } = await open();
    await measure(page);
    await page.getByLabel('Labels to keep, in %').fill('30');
    const [, from, to] =
      /Useful from ([\d.]+) to ([\d.]+)/.exec(await page.locator('.useful strong').innerText()) ?? [];
    expect(Number(from)).to.be.below(Number(to));
    await page.getByRole('button', { name: 'Rise through these in the schedule' }).click();
    await goTo(page, 'Schedule');
    await page.getByText(`Shaded: the useful strengths, ${from} to ${to}`).waitFor();
    await page.waitForURL(({ search }) =>
      decodeURIComponent(search).includes(`"strength":["ramp",${Number(from)},${Number(to)}]`),
    );
    expect(await page.locator('.plot .band').count()).to.equal(1);
    await page.close();
  });

  it('shows a class by itself, and keeps it in the address', async () => {
    const { page } = await open();
    await measure(page);
    const all = await page.locator('.kept .line path').getAttribute('d');
    await page.getByLabel('Classes', { exact: true }).selectOption('1');
    await page.waitForURL(/class=1/);
    await page.getByText('stay those of all images, not of class 1 alone').waitFor();
    await page.waitForFunction(
      (before) => document.querySelector('.kept .line path')?.getAttribute('d') !== before,
      all,
    );
    await page.reload();
    expect(await page.getByLabel('Classes', { exact: true }).inputValue()).to.equal('1');
    expect(await page.getByRole('table').last().innerText()).to.match(/all\s.*\s+0\s.*/s);
    await page.close();
  });

  it('opens by Enter what lost its label at a point, again after a reload, and closes it', async () => {
    const { page, faults } = await open();
    await measure(page);
    await page.locator('.mark').last().focus();
    await page.keyboard.press('Enter');
    const lost = page.getByRole('region', { name: 'Variants that lost their label at strength 0.8' });
    await lost.getByText(/in all|The first|All variants kept/).waitFor();
    const count = await lost.locator('.picture').count();
    expect(count).to.be.above(0);
    expect(await lost.locator('.picture').first().getAttribute('aria-label')).to.match(
      /^class [01] → class [01], image \d+$/,
    );
    expect(await barriersOf(page)).to.deep.equal([]);
    await page.reload();
    await lost.getByText(/in all|The first/).waitFor();
    expect(await lost.locator('.picture').count()).to.equal(count);
    await lost.getByRole('button', { name: 'Close' }).click();
    await lost.waitFor({ state: 'detached' });
    expect(faults).to.deep.equal([]);
    await page.close();
  });
});
