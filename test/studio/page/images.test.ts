import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeChromium } from '../../support/chromium.ts';
import { describeShared, shared } from '../../support/shared.ts';
import {
  endStudio,
  goTo,
  pickSome,
  type RunningStudio,
  sampleClasses,
  startStudio,
  visitStudio,
} from '../../support/studioPage.ts';

const pressed = (page: Page) => page.locator('.tile[aria-pressed=true]');

describeChromium('images in the studio', (browser) => {
  let folder: string;
  let studio: RunningStudio;
  let page: Page;
  let faults: readonly string[];

  before(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'boomerang-studio-'));
    studio = await startStudio(sampleClasses(folder));
  });
  after(async () => {
    await endStudio(studio);
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    ({ page, faults } = await visitStudio(browser(), studio.link));
  });
  afterEach(async () => {
    expect(faults).to.deep.equal([]);
    await page.close();
  });

  it('stand by their classes, and what is no image is named with a reason', async () => {
    const names = await page.locator('.class h2').allTextContents();
    expect(names).to.have.length(10).and.to.include('ankle-boot');
    await page.locator('.tile img').nth(49).waitFor();
    await page.getByText('One file was left out').click();
    expect(await page.locator('.refused li').innerText()).to.match(/torn\.png .{10}/);
  });

  it('are picked and taken out by a click, and stay in sight in all views', async () => {
    await page.getByRole('button', { name: 'bag, image 5' }).click();
    await page.getByRole('button', { name: 'coat, image 11' }).click();
    await goTo(page, 'Schedule');
    const strip = page.getByRole('region', { name: 'Picked images' });
    expect(await strip.getByRole('listitem').count()).to.equal(2);
    await strip.getByRole('button', { name: 'Take image 5 out' }).click();
    await goTo(page, 'Images');
    await page.getByRole('button', { name: 'coat, image 11', pressed: true }).click();
    expect(await pressed(page).count()).to.equal(0);
    await strip.getByText('Nothing is picked yet.').waitFor();
  });

  it('are picked for whoever wants that: the first of each class', async () => {
    await pickSome(page);
    expect(await pressed(page).count()).to.equal(10);
    const choice = new URL(page.url()).searchParams.get('choice') ?? '';
    expect(JSON.parse(choice)).to.deep.equal({ images: [0, 5, 10, 15, 20, 25, 30, 35, 40, 45] });
  });

  it('are picked up to 24, which is said', async () => {
    const tiles = page.locator('.tile img');
    await tiles.nth(49).waitFor();
    for (let n = 0; n < 25; n += 1) await tiles.nth(n).click();
    expect(await pressed(page).count()).to.equal(24);
    await page.getByRole('status').getByText('24 images are picked, which is the most').waitFor();
  });

  it('are seen one class at a time, which stands in the address', async () => {
    await page.getByRole('button', { name: 'sandal' }).first().click();
    await page.waitForURL(/label=5/);
    await page.locator('.tile img').nth(4).waitFor();
    expect(await page.locator('.tile').count()).to.equal(5);
    await page.reload();
    await page.getByRole('button', { name: 'sandal, image 25' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 2, name: 'bag' }).waitFor();
  });
});

describeShared('images of Fashion-MNIST in the studio', ['data/fashion-mnist'], () => {
  describeChromium('by pages', (browser) => {
    let studio: RunningStudio;

    before(async function () {
      this.timeout(120_000);
      studio = await startStudio(shared('data/fashion-mnist'));
    });
    after(() => endStudio(studio));

    it('return to their own class where somebody wants that and the model knows it', async () => {
      const { page, faults } = await visitStudio(browser(), studio.link);
      await pickSome(page);
      await goTo(page, 'Strength');
      await page.locator('.way summary').click();
      await page.getByLabel('Its own class').check();
      await page.waitForURL(/conditional/);
      await page.getByText('40 variants, computed by').waitFor();
      expect(faults).to.deep.equal([]);
      await page.close();
    });

    it('are paged, and found again by the address', async () => {
      const { page, faults } = await visitStudio(browser(), studio.link);
      await page
        .getByRole('button', { name: /^All [\d,]+ of/ })
        .first()
        .click();
      await page.getByRole('navigation', { name: 'Pages of images' }).getByRole('button', { name: 'Next' }).click();
      await page.waitForURL(/page=2/);
      await page.getByText(/^Page 2 of/).waitFor();
      await page.locator('button.tile').first().waitFor();
      const first = await page.locator('.tile').first().getAttribute('aria-label');
      await page.reload();
      await page.locator('button.tile').first().waitFor();
      expect(await page.locator('.tile').first().getAttribute('aria-label')).to.equal(first);
      expect(faults).to.deep.equal([]);
      await page.close();
    });
  });
});
