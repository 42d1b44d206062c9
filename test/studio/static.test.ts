import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { USUAL } from '../../src/studio/choice.ts';
import { answerKeys } from '../../src/studio/written.ts';
import { describeChromium } from '../support/chromium.ts';
import { runInProcess, startCli } from '../support/cli.ts';
import { type FolderServer, serveFolder } from '../support/folderServer.ts';
import { stripes, writeIdx } from '../support/stripes.ts';
import { barriersOf, buildPage, goTo, overflowOf, sampleClasses, visitStudio } from '../support/studioPage.ts';

const VARIANTS = { variants: 2, images: [3, 17] };
const CHOSEN = { ...USUAL, ...VARIANTS, strength: 0.35, measure: { ...USUAL.measure, images: 25, variants: 2 } };
const withChoice = (path: string, choice: unknown) =>
  `${path}?${new URLSearchParams({ choice: JSON.stringify(choice) })}`;

describe('keys of written answers', () => {
  it('are the same for what an answer does not depend on, whatever the order of its words', () => {
    const key = answerKeys(withChoice('api/variants', { ...USUAL, images: [7] }));
    const { version, ...rest } = USUAL;
    const other = { ...rest, images: [7], measure: { ...USUAL.measure, target: 0.5 }, version };
    expect(answerKeys(withChoice('api/variants', other))).to.deep.equal(key);
    expect(answerKeys('api/images?size=8&label=1&page=0')).to.deep.equal(
      answerKeys('api/images?label=1&page=0&size=8'),
    );
    for (const part of [{ strength: 0.4 }, { seed: '1' }, { variants: 5 }, { way: { steps: 3 } }]) {
      expect(answerKeys(withChoice('api/variants', { ...other, ...part })), JSON.stringify(part)).to.not.deep.equal(
        key,
      );
    }
  });

  it('are one for each image where any of them can be picked, and else one for all', () => {
    const one = answerKeys(withChoice('api/epochs', { ...USUAL, images: [7] }));
    expect(answerKeys(withChoice('api/epochs', { ...USUAL, images: [2, 7] })))
      .to.have.length(2)
      .and.include(one[0]);
    const body = JSON.stringify({ ...USUAL, images: [2, 7] });
    expect(answerKeys('api/export', body)).to.deep.equal(answerKeys('api/export', JSON.stringify(USUAL)));
    expect(answerKeys('api/sheet', body)).to.not.deep.equal(answerKeys('api/sheet', JSON.stringify(USUAL)));
  });
});

describeChromium('a studio in files', (browser) => {
  let folder: string;
  let server: FolderServer;
  const command = (...more: string[]) => ['studio', folder, '--model', 'models/fashion-28', '--steps', '2', ...more];
  const out = () => join(folder, 'out');

  before(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'boomerang-static-'));
    writeIdx(folder, stripes(300));
    writeFileSync(join(folder, 'session.json'), JSON.stringify(CHOSEN));
    await buildPage();
    const running = startCli(command('--open', join(folder, 'session.json'), '--static', out()));
    expect(await running.status, running.said().stderr).to.equal(0);
    expect(running.said().stdout).to.equal(`${out()}\n`);
    expect(running.said().stderr)
      .to.match(/at 10 strengths .* about \d+ s.* MB/)
      .and.include('sees images of your data');
    server = await serveFolder(out());
  });
  after(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens the page, and what it asked for. */
  const open = async (address = '') => {
    const { page, faults } = await visitStudio(browser(), `${server.base}${address}`);
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.base)) asked.push(request.url());
    });
    const asked: string[] = [];
    return { page, faults, asked };
  };

  it('shows all six views from a folder below the root of any web server, and asks for nothing outside of it', async function () {
    this.timeout(60_000);
    const { page, faults, asked } = await open();
    await page.getByText('This page shows what was measured before.').waitFor();
    await page.getByText('only these can be picked').waitFor();
    expect(await page.locator('.tile[aria-disabled="false"]').count()).to.equal(
      await page.locator('.tile[aria-pressed="true"]').count(),
    );
    expect(await barriersOf(page)).to.deep.equal([]);
    await goTo(page, 'Strength');
    await page.locator('[data-strength="0.35"]').nth(3).waitFor();
    expect(await barriersOf(page)).to.deep.equal([]);
    await page.getByText('Measured at 10 %, 20 %, 30 %, 35 %, 40 %,').waitFor();
    expect(await page.getByLabel('Steps').isDisabled()).to.equal(true);
    await page.getByRole('slider', { name: 'Strength' }).press('ArrowRight');
    await page.locator('[data-strength="0.4"]').nth(3).waitFor();
    await page.reload();
    await page.locator('[data-strength="0.4"]').nth(3).waitFor();
    await goTo(page, 'What survives');
    await page
      .getByRole('img', { name: /^Labels kept of all.* by strength: from .* at strength 0.05 to .* at strength 0.8/ })
      .waitFor();
    await page.locator('.plot').first().waitFor();
    await goTo(page, 'Schedule');
    await page.locator('.epochs .picture[data-strength]').nth(9).waitFor();
    await page.getByLabel('only those whose turn it is').check();
    await page.locator('.epochs [data-strength="0"]').first().waitFor();
    await goTo(page, 'Take it along');
    await page.getByText('boomerangAugment({').waitFor();
    await page.setViewportSize({ width: 360, height: 900 });
    expect(await overflowOf(page)).to.equal(0);
    const [sheet] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save sheet.png' }).click(),
    ]);
    expect(sheet.suggestedFilename()).to.equal('sheet.png');
    await goTo(page, 'Runs');
    await page.getByText('Runs are live').waitFor();
    expect([...faults, ...asked, ...server.missing]).to.deep.equal([]);
    await page.close();
  });

  it('shows variants of fewer images, says in a line what was not made, and leads back to what was', async function () {
    this.timeout(60_000);
    const { page, faults } = await open('?view=strength');
    await page.getByRole('button', { name: 'Take image 3 out' }).click();
    await page.locator('[data-strength="0.35"]').nth(1).waitFor();
    expect(await page.getByRole('alert').getByText('not-made').count()).to.equal(0);
    await goTo(page, 'Take it along');
    expect(await page.getByRole('button', { name: 'Save sheet.png' }).isDisabled()).to.equal(true);
    await goTo(page, 'Schedule');
    await page.getByLabel('Epochs of the run').fill('7');
    await page.getByRole('alert').getByText('not-made').waitFor();
    await page.getByRole('button', { name: 'Back to what was measured' }).click();
    await page.locator('.epochs .picture[data-strength]').nth(9).waitFor();
    await page.getByRole('alert').getByText('not-made').waitFor({ state: 'detached' });
    expect(faults).to.deep.equal([]);
    await page.close();
  });

  it('is written over a page of its own alone', async function () {
    this.timeout(60_000);
    const own = join(folder, 'own');
    mkdirSync(own);
    writeFileSync(join(own, 'thesis.txt'), 'years of work');
    const { status, stderr } = await runInProcess(command('--static', own));
    expect([status, stderr]).to.have.property('1').that.includes('bad-output');
    expect(status).to.not.equal(0);
    expect(readdirSync(own)).to.deep.equal(['thesis.txt']);
    const dry = await runInProcess(command('--static', join(folder, 'dry'), '--dry-run'));
    expect(dry.stdout).to.match(/variants at 9 strengths .* about .* MB/);
    expect(existsSync(join(folder, 'dry'))).to.equal(false);
    expect((await runInProcess(command('--static', out(), '--dry-run'))).status).to.equal(0);
    expect(readdirSync(folder).filter((name) => /part|old/.test(name))).to.deep.equal([]);
  });

  it('is written anew as a whole, and says on the page and in the terminal why nothing survives in it', async function () {
    this.timeout(60_000);
    const few = sampleClasses(join(folder, 'few'));
    const session = join(folder, 'few.json');
    writeFileSync(session, JSON.stringify({ ...CHOSEN, images: [3], variants: 1, seed: 'few' }));
    const place = join(folder, 'again');
    mkdirSync(place);
    writeFileSync(join(place, '.boomerang-studio'), '');
    writeFileSync(join(place, 'of-old.json'), '');
    const argv = ['studio', few, '--model', 'models/fashion-28', '--steps', '2', '--open', session, '--static', place];
    const { status, stderr } = await runInProcess(argv);
    expect(status, stderr).to.equal(0);
    expect(stderr).to.match(/what survives was not measured, and the page says so: .*held out/);
    expect(readdirSync(place)).to.include('index.html').and.not.include('of-old.json');
    const files = await serveFolder(place);
    const { page, faults } = await visitStudio(browser(), `${files.base}?view=survival`);
    await page.getByRole('alert').getByText('too-few-images').waitFor();
    await page.close();
    await files.close();
    expect([...faults, ...files.missing]).to.deep.equal([]);
    expect(readdirSync(folder).filter((name) => /part|old/.test(name))).to.deep.equal([]);
  });

  it('refuses options that would not be used', async () => {
    for (const more of [['--dry-run'], ['--static', out(), '--port', '4000'], ['--static', out(), '--runs', folder]]) {
      expect((await runInProcess(command(...more))).stderr, more.join(' ')).to.include('not-used');
    }
  });
});
