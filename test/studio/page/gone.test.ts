import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeChromium } from '../../support/chromium.ts';
import {
  endStudio,
  goTo,
  pickSome,
  type RunningStudio,
  sampleClasses,
  startStudio,
  visitStudio,
} from '../../support/studioPage.ts';

describeChromium('a studio that is killed', (browser) => {
  let folder: string;
  let studio: RunningStudio;

  beforeEach(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'boomerang-studio-'));
    studio = await startStudio(sampleClasses(folder));
  });
  afterEach(async () => {
    await endStudio(studio);
    rmSync(folder, { recursive: true });
  });

  const kill = async (): Promise<void> => {
    studio.child.kill('SIGKILL');
    await studio.status;
  };

  it('is missed by its page in the middle of its work, and goes on with it when it is started again', async function () {
    this.timeout(180_000);
    const { page, faults } = await visitStudio(browser(), studio.link);
    const gone = page.getByText('The studio has stopped. Start it again with:');
    await pickSome(page);
    await goTo(page, 'Strength');
    await page.getByRole('slider', { name: 'Strength' }).fill('0.9');
    await page.locator('.picture:not(.stale)').first().waitFor();
    await kill();
    await gone.waitFor();
    expect(await page.locator('.gone code').textContent()).to.match(/studio \S+ --model models\/fashion-28$/);
    expect(await page.locator('.fault').count()).to.equal(0); // said once

    studio = await startStudio(folder);
    await gone.waitFor({ state: 'hidden' });
    await page.getByText('40 variants, computed by').waitFor();
    expect(await page.locator('.picture.stale').count()).to.equal(0);
    expect(await page.locator('.picture[data-strength="0.9"]').count()).to.equal(40);
    expect(faults).to.deep.equal([]);
    await page.close();
  });

  it('is missed by a page that asks for nothing, and its answers are taken once it is back', async function () {
    this.timeout(180_000);
    const { page } = await visitStudio(browser(), studio.link);
    const gone = page.getByText('The studio has stopped. Start it again with:');
    await kill();
    await gone.waitFor();
    await page.locator('.chips').getByRole('button', { name: 'bag' }).click();
    await page.locator('.fault').waitFor();
    studio = await startStudio(folder);
    await gone.waitFor({ state: 'hidden' });
    await page.locator('.tile img').first().waitFor();
    expect(await page.locator('.fault').count()).to.equal(0);
    await page.close();
  });
});
