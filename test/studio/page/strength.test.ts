import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
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

/** Moves the slider, and resolves with the milliseconds until a variant of the new strength is painted. */
const millisecondsTo = (page: Page, strength: number): Promise<number> =>
  page.evaluate(`new Promise((done) => {
    const slider = document.querySelector('.where input');
    const start = performance.now();
    const look = () => {
      const image = document.querySelector('.picture:not(.stale)[data-strength="${strength}"] img');
      if (image?.complete && image.naturalWidth > 0) return requestAnimationFrame(() => done(performance.now() - start));
      requestAnimationFrame(look);
    };
    slider.value = ${strength};
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    look();
  })`);

/** What the process of a studio holds. */
const holds = ({ child: { pid } }: RunningStudio) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000;
  return {
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1]),
    megabytes,
  };
};

describeChromium('strength in the studio', (browser) => {
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
    await pickSome(page);
    await goTo(page, 'Strength');
    await page.getByText('40 variants, computed by').waitFor();
  });
  afterEach(async () => {
    expect(faults).to.deep.equal([]);
    await page.close();
  });

  it('shows a variant soon after the slider was moved, and at once one that was made before', async () => {
    const made = await millisecondsTo(page, 0.5);
    await page.getByText('40 variants, computed by').waitFor();
    const again = await millisecondsTo(page, 0.3);
    console.log(`      ${made.toFixed(0)} ms to a first variant, ${again.toFixed(0)} ms to one that was kept`);
    expect(await page.locator('.cost').textContent()).to.match(/1,000 of these take about \d/);
    await goTo(page, 'What survives'); // which knows by now what its variants will take
    await page.getByText(/At most [\d,]+ variants, at 10 strengths: about .+ on this machine/).waitFor();
  });

  it('learns nothing of the time from images that are not thrown', async () => {
    const still = await visitStudio(browser(), studio.link);
    const choice = JSON.stringify({ images: [0, 1], strength: 0, seed: 'still' });
    await still.page.goto(new URL(`/strength?${new URLSearchParams({ choice })}`, studio.link).href);
    await still.page.getByText('8 variants, computed by').waitFor();
    await goTo(still.page, 'What survives');
    await still.page.getByRole('button', { name: 'How long? Try two' }).waitFor();
    await still.page.close();
  });

  it('says where in the noise a share is by its other names', async () => {
    const names = page.locator('.where dl');
    await page.getByRole('slider', { name: 'Strength' }).fill('0.5');
    expect(await names.innerText()).to.match(/share\s+50 %.*timestep\s+500.*σ\s+[\d.]+.*SNR\s+−?[\d.]+ dB/s);
    await page.getByRole('slider', { name: 'Strength' }).fill('0');
    expect(await names.innerText()).to.match(/share\s+0 %.*SNR\s+∞/s);
  });

  it('orders the variants of an image by their distance once all are there, and keeps their places', async () => {
    const rows: string[][] = await page
      .locator('.row')
      .evaluateAll((lines) =>
        lines.map((line) => [...line.querySelectorAll('.picture > .number')].map((n) => n.textContent)),
      );
    expect(rows).to.have.length(10);
    for (const row of rows) expect(row.map(Number)).to.deep.equal(row.map(Number).sort((a, b) => a - b));
    const places = (): Promise<unknown> =>
      page.locator('.row').evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().top + scrollY));
    const before = await places();
    await page.getByRole('slider', { name: 'Strength' }).fill('0.71');
    expect(await places()).to.deep.equal(before);
    await page.locator('.picture:not(.stale)[data-strength="0.71"]').first().waitFor();
    expect(await places()).to.deep.equal(before);
  });

  it('shows what changed, or the original, where somebody points, and holds it at a click', async () => {
    const picture = page.locator('.picture').first();
    const look = () =>
      picture
        .locator('.over')
        .evaluate((over) => [getComputedStyle(over).opacity, getComputedStyle(over).mixBlendMode]);
    expect(await look()).to.deep.equal(['0', 'difference']);
    await picture.hover();
    expect(await look()).to.deep.equal(['1', 'difference']);
    await picture.click();
    await page.mouse.move(0, 0);
    expect(await look()).to.deep.equal(['1', 'difference']);
    await page.getByLabel('The original').check();
    expect(await look()).to.deep.equal(['1', 'normal']);
  });

  it('asks only for what the model can do, and makes other variants of what is chosen', async () => {
    await page.locator('.way summary').click();
    expect(await page.getByLabel('Prompt').count()).to.equal(0);
    expect(await page.getByLabel('Its own class').count()).to.equal(0); // the model has other names for these
    expect(await page.getByLabel('Fresh noise on the way').count()).to.equal(0);
    await page.getByLabel('Solver').selectOption('ddim');
    await page.getByLabel('Fresh noise on the way').fill('0.5');
    await page.getByLabel('Steps').fill('3');
    await page.getByLabel('Variants of each').fill('2');
    await page.getByText('20 variants, computed by').waitFor();
    const { searchParams } = new URL(page.url());
    const choice = JSON.parse(searchParams.get('choice') ?? '{}');
    expect(choice.way).to.deep.equal({ solver: 'ddim', eta: 0.5, steps: 3 });
    expect(choice.variants).to.equal(2);
    await page.getByLabel('Steps').fill('0');
    await page.getByText('a whole number from 1 to 1000').waitFor();
    await page.getByLabel('Solver').selectOption('euler');
    await page.waitForURL((url) => !url.search.includes('eta'));
  });

  it('says in a line what the studio refuses', async () => {
    await page.route('**/api/variants*', (route) =>
      route.fulfill({ status: 400, json: { error: { code: 'bad-way', message: 'this cannot be; do that' } } }),
    );
    await page.getByRole('slider', { name: 'Strength' }).fill('0.55');
    expect(await page.locator('.fault').innerText()).to.equal('this cannot be; do that bad-way');
    await page.unroute('**/api/variants*');
    (faults as string[]).splice(0); // the browser tells of the status as well
    await page.getByRole('slider', { name: 'Strength' }).fill('0.3');
    await page.getByText('40 variants, computed by').waitFor();
    expect(await page.locator('.fault').count()).to.equal(0);
  });

  it('leaves no stream, thread or memory behind, however often the slider is moved', async function () {
    if (!existsSync('/proc/self/status')) return this.skip();
    this.timeout(120_000);
    const move = (times: number): Promise<void> =>
      page.evaluate(`(async () => {
        const slider = document.querySelector('.where input');
        for (let n = 0; n < ${times}; n += 1) {
          slider.value = 0.3 + 0.005 * (n % 100);
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          await new Promise((done) => setTimeout(done, 4));
        }
      })()`);
    const settle = async (): Promise<void> => {
      await page.getByRole('slider', { name: 'Strength' }).fill('0.3');
      await page.getByText('40 variants, computed by').waitFor();
    };
    await move(200);
    await settle();
    const before = holds(studio);
    let ended = 0;
    page.on('requestfailed', (request) => {
      if (request.url().includes('/api/variants')) ended += 1;
    });
    await move(1000);
    await settle();
    const after = holds(studio);
    console.log(`      before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    expect(ended, 'streams that the page closed').to.be.above(5);
    expect(after.threads).to.be.at.most(before.threads + 8); // Node and V8 start some of their own; a leak would be hundreds
    expect(after.files).to.be.at.most(before.files + 3);
    expect(after.megabytes).to.be.below(before.megabytes + 150);
    expect(await page.locator('.picture').count()).to.equal(40);
  });
});
