import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { readChoice } from '../../../src/studio/choice.ts';
import { describeChromium } from '../../support/chromium.ts';
import {
  barriersOf,
  endStudio,
  goTo,
  overflowOf,
  pickSome,
  type RunningStudio,
  sampleClasses,
  startStudio,
  visitStudio,
} from '../../support/studioPage.ts';

const line = (epoch: number, more: object = {}): string =>
  `${JSON.stringify({ epoch, images: 10, strength: 0.3, changed: 0.5, time: '2026-01-01T00:00:00.000Z', ...more })}\n`;

describeChromium('what is taken along, and runs', (browser) => {
  let folder: string;
  let studio: RunningStudio;
  before(async function () {
    this.timeout(180_000);
    folder = mkdtempSync(join(tmpdir(), 'boomerang-studio-'));
    mkdirSync(join(folder, 'runs'));
    studio = await startStudio(sampleClasses(join(folder, 'images')), ['--runs', join(folder, 'runs')]);
  });
  after(async () => {
    await endStudio(studio);
    rmSync(folder, { recursive: true });
  });

  const expectNoBarriers = async (page: Page): Promise<void> => {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await barriersOf(page), colorScheme).to.deep.equal([]);
    }
  };

  const saved = async (page: Page, name: string): Promise<Buffer> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Save ${name}` }).click(),
    ]);
    expect(download.suggestedFilename()).to.equal(name);
    return readFileSync(await download.path());
  };

  it('has the texts, saves them, and opens a session again, or says why not', async function () {
    this.timeout(60_000);
    const { page, faults } = await visitStudio(browser(), studio.link);
    await pickSome(page);
    await goTo(page, 'Take it along');
    await page.getByText('boomerangAugment({').waitFor();
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await overflowOf(page), `at ${width}`).to.equal(0);
    }
    await expectNoBarriers(page);
    const choice = readChoice(JSON.parse((await saved(page, 'session.json')).toString()));
    expect(choice.images).to.not.be.empty;
    expect(JSON.parse((await saved(page, 'config.json')).toString())).to.have.nested.property('options.seed', '0');
    expect((await saved(page, 'train.ts')).toString()).to.include('strength: ramp(0.1, 0.3)');
    expect((await saved(page, 'sheet.png')).subarray(1, 4).toString()).to.equal('PNG');
    const input = page.locator('input[type=file]');
    const fileOf = (text: string) => ({ name: 's.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    const schedule = { ...choice.schedule, strength: ['cosine', 0.2, 0.4] };
    await input.setInputFiles(fileOf(JSON.stringify({ ...choice, schedule })));
    await page.getByText('strength: cosine(0.2, 0.4)').waitFor();
    for (const text of ['{"version":9}', 'no json', ' '.repeat(70_000)]) {
      await input.setInputFiles(fileOf(text));
      await page.getByRole('alert').getByText('bad-session').waitFor();
    }
    expect(faults).to.deep.equal([]);
    await page.close();
  });

  it('says how a run is written where there is none, and shows two beside each other as they go on', async function () {
    this.timeout(60_000);
    const { page, faults } = await visitStudio(browser(), studio.link);
    await goTo(page, 'Runs');
    await page.getByText("augment.log('runs');").waitFor();
    await expectNoBarriers(page);
    writeFileSync(join(folder, 'runs/a.jsonl'), `${line(0, { loss: 2 })}torn\n`);
    writeFileSync(join(folder, 'runs/b.jsonl'), `${line(0, { labelsKept: 0.5 })}${line(1, { notFinite: ['loss'] })}`);
    await page.getByRole('button', { name: 'Look for runs again' }).click();
    await page
      .getByRole('img', { name: /^Strength, epoch by epoch: a is at 0.300 in epoch 0; b is at 0.300 in epoch 1/ })
      .waitFor();
    await page.getByText('a: 1 damaged line is left out.').waitFor();
    await page.getByText('1 epoch, 1 damaged line left out', { exact: true }).waitFor();
    await page.getByText('b: in epoch 1 loss was no finite number.').waitFor();
    appendFileSync(join(folder, 'runs/a.jsonl'), line(1, { loss: 1.5 }));
    await page.getByRole('img', { name: /^Loss, epoch by epoch: a is at 1.500 in epoch 1/ }).waitFor();
    await expectNoBarriers(page);
    await page.setViewportSize({ width: 360, height: 900 });
    expect(await overflowOf(page)).to.equal(0);
    await page.getByRole('checkbox', { name: /^a/ }).uncheck();
    await page.getByText('Loss: these runs do not say.').waitFor();
    expect(faults).to.deep.equal([]);
    await page.close();
  });

  it('has a card for a run that writes files, which goes on and ends', async function () {
    this.timeout(60_000);
    const job = join(folder, 'runs/job');
    mkdirSync(job);
    const plan = { data: { count: 1000 }, variants: 4, originals: false, shardImages: 100 };
    writeFileSync(join(job, 'run.json'), JSON.stringify(plan));
    const progress = { done: 10, total: 40, samples: 999, failed: 1, perSecond: 25, secondsLeft: 120, workers: 4 };
    writeFileSync(join(job, 'progress.json'), JSON.stringify({ ...progress, at: new Date().toISOString() }));
    const { page, faults } = await visitStudio(browser(), studio.link);
    await goTo(page, 'Runs');
    const card = page.getByRole('region', { name: 'runs/job' });
    await card.getByText('under way').waitFor();
    for (const fact of ['999 of 4,000', '25', '2 min']) await card.getByText(fact, { exact: true }).waitFor();
    expect(await card.getByRole('progressbar').evaluate((bar) => (bar as HTMLProgressElement).position)).to.equal(0.25);
    await expectNoBarriers(page);
    await page.setViewportSize({ width: 360, height: 900 });
    expect(await overflowOf(page)).to.equal(0);
    writeFileSync(join(job, 'index.json'), JSON.stringify({ samples: 3999, failed: [{}] }));
    await card.getByText('finished').waitFor();
    await card.getByText('3,999 of 4,000').waitFor();
    expect(faults).to.deep.equal([]);
    await page.close();
  });
});
