import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Choice, Curve } from '../../../src/studio/choice.ts';
import { valuesOf } from '../../../src/studio/drawing.ts';
import { readAddress } from '../../../src/studio/page/address.ts';
import { describeChromium } from '../../support/chromium.ts';
import {
  barriersOf,
  endStudio,
  goTo,
  pickSome,
  type RunningStudio,
  sampleClasses,
  shiftsOf,
  startStudio,
  visitStudio,
} from '../../support/studioPage.ts';

type Chosen = Choice['schedule'];

/** What is chosen, once it stands in the address. */
const scheduleIn = async (page: Page, isThere: (schedule: Chosen) => boolean): Promise<Chosen> => {
  await page.waitForURL(({ href }) => isThere(readAddress(href).choice.schedule), { timeout: 5000 });
  return readAddress(page.url()).choice.schedule;
};
const isCurve =
  (curve: Curve) =>
  ({ strength }: Chosen): boolean =>
    JSON.stringify(strength) === JSON.stringify(curve);

describeChromium('the schedule', (browser) => {
  let folder: string;
  let studio: RunningStudio;

  before(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'boomerang-schedule-'));
    studio = await startStudio(sampleClasses(folder), ['--steps', '2']);
  });
  after(async () => {
    await endStudio(studio);
    rmSync(folder, { recursive: true });
  });

  const open = async (isDark = false) => {
    const { page, faults } = await visitStudio(browser(), studio.link, { isDark });
    await goTo(page, 'Schedule');
    await page.locator('.plot').nth(1).waitFor();
    return { page, faults, strength: page.getByRole('region', { name: 'Strength: how far images are thrown' }) };
  };

  for (const isDark of [false, true]) {
    it(`has no barriers with every kind of curve, a bank and what adapts, ${isDark ? 'in the dark' : 'in the light'}`, async () => {
      const { page, faults } = await open(isDark);
      for (const kind of ['constant', 'cosine', 'cyclic', 'stepwise', 'perEpoch']) {
        await page.getByLabel('Course of the strength').selectOption(kind);
        expect(await barriersOf(page), kind).to.deep.equal([]);
      }
      for (const making of ['made once (bank)', 'new ones, adaptive']) {
        await page.getByLabel(making).check();
        expect(await barriersOf(page), making).to.deep.equal([]);
      }
      expect(faults).to.deep.equal([]);
      const shifts = await shiftsOf(page);
      expect(
        shifts.reduce((sum, [value]) => sum + value, 0),
        JSON.stringify(shifts),
      ).to.be.below(0.01);
      await page.close();
    });
  }

  it('draws a ramp by mouse, and what it draws is the schedule of the library', async () => {
    const { page, strength } = await open();
    const last = strength.getByRole('slider', { name: 'strength in the last epoch' });
    const box = (await last.locator('.knob').boundingBox()) as { x: number; y: number; width: number };
    await page.mouse.move(box.x + 7, box.y + 7);
    await page.mouse.down();
    await page.mouse.move(box.x - 40, box.y - 40, { steps: 4 });
    await page.mouse.up();
    const endOf = ({ strength }: Chosen): number => (strength as number[])[2] as number;
    await scheduleIn(page, (schedule) => endOf(schedule) > 0.45); // the address follows the stroke, a little later
    const drawn = Number(await last.getAttribute('aria-valuenow'));
    const { strength: curve, epochs } = await scheduleIn(page, (schedule) => endOf(schedule) === drawn);
    expect(drawn).to.be.within(0.45, 0.65);
    await strength.locator('summary').click();
    await strength.locator('tbody').waitFor();
    const cells = await strength.locator('tbody td').allInnerTexts();
    expect(cells).to.deep.equal(valuesOf(curve, epochs).map((value) => value.toFixed(2)));
    const dots = strength.locator('.dots circle');
    expect(await dots.count()).to.equal(epochs);
    const [dot, knob] = [await dots.last().boundingBox(), await last.locator('.knob').boundingBox()];
    const centre = (one: typeof dot): number[] => (one ? [one.x + one.width / 2, one.y + one.height / 2] : []);
    for (const [n, place] of centre(dot).entries()) expect(centre(knob)[n]).to.be.closeTo(place, 1);
    await page.close();
  });

  it('draws every kind by keys, with a warm-up', async () => {
    const { page, strength } = await open();
    const press = async (name: string, ...keys: readonly string[]): Promise<void> => {
      await strength.getByRole('slider', { name: `strength ${name}`, exact: true }).focus();
      for (const key of keys) await page.keyboard.press(key);
    };
    const choose = (kind: string) => page.getByLabel('Course of the strength').selectOption(kind);
    await press('in the first epoch', 'ArrowDown', 'ArrowDown');
    await scheduleIn(page, isCurve(['ramp', 0.08, 0.3]));
    await choose('cosine');
    await press('in the last epoch', 'PageUp');
    await scheduleIn(page, isCurve(['cosine', 0.08, 0.4]));
    await choose('cyclic');
    await press('at the top of a wave', 'ArrowRight', 'ArrowRight', 'ArrowUp');
    await scheduleIn(page, isCurve(['cyclic', 0.08, 0.41, 7]));
    await choose('constant');
    await press('throughout', 'Home', 'PageUp', 'PageUp');
    await scheduleIn(page, isCurve(0.2));
    await strength.getByLabel('Warm-up, in epochs').fill('4');
    await press('end of the warm-up', 'ArrowRight');
    await scheduleIn(page, isCurve(['warmUp', 5, 0.2]));
    await choose('stepwise');
    await press('in step 2', 'ArrowUp');
    await press('end of the warm-up', 'Home');
    await scheduleIn(page, isCurve(['stepwise', [0.2, 0.21, 0.2]]));
    await page.close();
  });

  it('draws free points in one stroke, and spreads them over a longer run', async () => {
    const { page, strength } = await open();
    await page.getByLabel('Course of the strength').selectOption('perEpoch');
    await strength.locator('.canvas').scrollIntoViewIfNeeded();
    const box = (await strength.locator('.canvas').boundingBox()) as Record<'x' | 'y' | 'width' | 'height', number>;
    await page.mouse.move(box.x + 1, box.y + box.height * 0.6); // away from handles
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5, { steps: 6 });
    await page.mouse.move(box.x + box.width - 1, box.y + box.height * 0.9, { steps: 6 });
    await page.mouse.up();
    const drawn = await scheduleIn(page, ({ strength }) => (valuesOf(strength, 20)[19] as number) < 0.15);
    const values = valuesOf(drawn.strength, 20);
    expect(values[10]).to.be.closeTo(0.5, 0.06);
    expect(values[0]).to.be.closeTo(0.4, 0.02);
    expect(values[19]).to.be.closeTo(0.1, 0.02);
    await page.getByLabel('Epochs of the run').fill('40');
    const longer = await scheduleIn(page, ({ epochs }) => epochs === 40);
    expect(valuesOf(longer.strength, 40)[20]).to.be.closeTo(0.5, 0.06);
    await page.close();
  });

  it('says what a bank and what adapts do, and what a bank at strength 0 does not', async () => {
    const { page, strength } = await open();
    await page.getByLabel('made once (bank)').check();
    await scheduleIn(page, ({ bank }) => bank === 4);
    await page.getByText(/variants once/).waitFor();
    expect(await strength.getByRole('slider').count()).to.equal(1); // the rest of its curve is not followed
    await strength.getByRole('slider').focus();
    await page.keyboard.press('Home');
    await page.getByText('Nothing would be changed').waitFor();
    await page.getByLabel('new ones, adaptive').check();
    const { adaptive, bank } = await scheduleIn(page, (schedule) => schedule.adaptive !== undefined);
    expect({ adaptive, bank }).to.deep.equal({ adaptive: { target: 0.9, step: 0.02 }, bank: 0 });
    expect(await strength.locator('.spread').count()).to.equal(1);
    await page.getByRole('button', { name: /^Waves/ }).click();
    const preset = await scheduleIn(page, (schedule) => schedule.adaptive === undefined);
    expect(preset.strength).to.deep.equal(['cyclic', 0.1, 0.3, 5]);
    await page.close();
  });

  it('shows picked images in five epochs, nearer to their originals where the strength is lower, and then the time', async () => {
    const { page, faults } = await open();
    await pickSome(page);
    const pictures = page.locator('.epochs .picture[data-strength]');
    await pictures.nth(49).waitFor();
    await page.locator('.epochs[aria-busy="false"]').waitFor();
    const strengths = await pictures.evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-strength'))));
    const expected = [0, 5, 10, 14, 19].map((epoch) => valuesOf(['ramp', 0.1, 0.3], 20)[epoch] as number);
    for (const [n, value] of strengths.entries()) expect(value).to.be.closeTo(expected[n % 5] as number, 1e-9);
    const distances = (await pictures.allInnerTexts()).map(Number);
    const meanOf = (column: number): number =>
      distances.filter((_, n) => n % 5 === column).reduce((sum, one) => sum + one / 10, 0);
    expect(meanOf(0)).to.be.below(meanOf(4));
    await page.getByText(/variants in all: about .+ on this machine/).waitFor();
    await page.getByLabel('only those whose turn it is').check();
    await page.getByText('as it is', { exact: true }).first().waitFor();
    await page.locator('.epochs[aria-busy="false"]').waitFor();
    await page.locator('.stale').first().waitFor({ state: 'detached' }); // what is made anew is pale until it is there
    expect(await barriersOf(page)).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
    await page.close();
  });

  it('says what is wrong with a schedule of the address, and begins another', async () => {
    const { page } = await open();
    const choice = JSON.stringify({ schedule: { strength: ['ramp', 0.1, 7] } });
    await page.goto(new URL(`/schedule?${new URLSearchParams({ choice })}`, page.url()).href);
    await page.getByRole('alert').getByText('between 0 and 1').waitFor();
    await page.getByRole('button', { name: 'Begin with another schedule' }).click();
    await page.locator('.plot').first().waitFor();
    await page.close();
  });
});
