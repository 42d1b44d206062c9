import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { VIEWS } from '../../../src/studio/page/views.ts';
import { describeChromium } from '../../support/chromium.ts';
import {
  barriersOf,
  endStudio,
  goTo,
  overflowOf,
  pickSome,
  type RunningStudio,
  sampleClasses,
  shiftsOf,
  startStudio,
  visitStudio,
} from '../../support/studioPage.ts';

describeChromium('the frame of the studio', (browser) => {
  let folder: string;
  let studio: RunningStudio;

  before(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'boomerang-studio-'));
    studio = await startStudio(sampleClasses(folder));
  });
  after(async () => {
    await endStudio(studio);
    rmSync(folder, { recursive: true });
  });

  for (const isDark of [false, true]) {
    it(`has no barrier that axe-core finds in any view, ${isDark ? 'in the dark' : 'in the light'}`, async () => {
      const { page, faults } = await visitStudio(browser(), studio.link, { isDark });
      await pickSome(page);
      for (const { title } of VIEWS) {
        await goTo(page, title);
        expect(await barriersOf(page), title).to.deep.equal([]);
        expect(await page.title()).to.equal(`${title} · Boomerang studio`);
      }
      expect(faults).to.deep.equal([]);
      await page.close();
    });
  }

  for (const width of [360, 768, 1280]) {
    it(`is nowhere wider than a window of ${width} pixels`, async () => {
      const { page } = await visitStudio(browser(), studio.link, { width });
      await pickSome(page);
      for (const { title } of VIEWS) {
        await goTo(page, title);
        await page.waitForLoadState('networkidle').catch(() => undefined);
        expect(await overflowOf(page), title).to.equal(0);
      }
      await page.close();
    });
  }

  it('keeps the room of what is still to come: nothing moves while it loads', async () => {
    const { page } = await visitStudio(browser(), studio.link);
    await page.locator('.tile img').first().waitFor();
    await page.waitForLoadState('networkidle');
    const shifts = await shiftsOf(page);
    expect(
      shifts.reduce((sum, [value]) => sum + value, 0),
      JSON.stringify(shifts),
    ).to.be.below(0.01);
    await page.close();
  });

  it('goes back, forth and through a reload with all that was chosen', async () => {
    const { page } = await visitStudio(browser(), studio.link);
    await pickSome(page);
    await goTo(page, 'Strength');
    const slider = page.getByRole('slider', { name: 'Strength' });
    await slider.fill('0.6');
    await page.waitForURL(/0\.6/);
    await page.reload();
    expect(await slider.inputValue()).to.equal('0.6');
    expect(await page.locator('.picked li').count()).to.equal(10);
    await slider.fill('0.7');
    await page.reload(); // at once
    expect(await slider.inputValue()).to.equal('0.7');
    await page.goBack();
    await page.waitForURL(/0\.6/);
    await page.goBack();
    expect(await slider.inputValue()).to.equal('0.3');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
    await page.goBack();
    await page.getByText('Nothing is picked yet.').waitFor();
    await page.goForward();
    await page.goForward();
    await page.goForward();
    await page.waitForURL(/0\.6/);
    expect(await slider.inputValue()).to.equal('0.6');
    await page.close();
  });

  it('says which choice in an address it does not understand', async () => {
    const { page } = await visitStudio(browser(), studio.link);
    await page.goto(new URL('/strength?choice={"strength":7}', studio.link).href);
    await page.getByRole('alert').getByText('The choice in the address was left out').waitFor();
    expect(await page.getByRole('slider', { name: 'Strength' }).inputValue()).to.equal('0.3');
    await page.close();
  });

  it('is walked through by the keyboard alone', async () => {
    const { page } = await visitStudio(browser(), studio.link);
    await page.locator('.tile img').first().waitFor();
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('Tab', 'Enter'); // past the navigation
    await press('Tab', ...Array(10).fill('Tab'), 'Tab', 'ArrowRight', 'ArrowRight', 'Enter', 'ArrowLeft', ' ');
    expect(await page.locator('.tile[aria-pressed=true]').count()).to.equal(2);
    await page.getByRole('link', { name: 'Strength' }).focus();
    await press('Enter');
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('Strength');
    await press('Tab', 'ArrowRight', 'ArrowRight');
    expect(await page.getByRole('slider', { name: 'Strength' }).inputValue()).to.equal('0.32');
    await page.locator('.picture:not(.stale)[data-strength="0.32"]').first().waitFor();
    await press('Tab', 'Tab', 'Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).to.match(/^Variant 1 of image/);
    expect(await page.evaluate('getComputedStyle(document.activeElement.querySelector(".over")).opacity')).to.equal(
      '1',
    );
    await press('ArrowRight', 'Enter');
    expect(await page.evaluate('document.activeElement.ariaPressed')).to.equal('true');
    await page.close();
  });
});
