import { expect } from 'chai';
import type { AnonymityReport } from '../../../src/apps/anonymise/report.ts';
import { reportHtml } from '../../../src/node/anonymise/reportPage.ts';
import { wordsOf } from '../../support/pageWords.ts';
import { attacks, bareReport, madeUpReport, plain, recognised, withFates } from './madeUp.ts';

const wordsIn = async (changes: Partial<AnonymityReport> = {}): Promise<string> =>
  wordsOf(await reportHtml(madeUpReport(changes), []));

const warningsIn = async (changes: Partial<AnonymityReport> = {}): Promise<string[]> =>
  [...(await reportHtml(madeUpReport(changes), [])).matchAll(/<p class="warning">([\s\S]*?)<\/p>/g)].map(
    ([, text = '']) => wordsOf(text),
  );

const { identity } = madeUpReport();
/** Nothing is wrong. */
const SOUND: Partial<AnonymityReport> = { target: 0.07 };

describe('the words of a report', () => {
  it('says first what came out, against chance and untouched pictures, and by which others it was judged', async () => {
    const words = await wordsIn();
    expect(words).to.match(/Of 300 copies that were judged, 1\.7 % were traced to their own original by human 3\.3\.6/);
    expect(words).to.include('between 0.0 and 3.6 % with 95 % confidence; by chance it would be 0.3 %.');
    expect(words).to.include('for untouched pictures that is so in 89.0 % of cases');
    expect(words).to.include(
      'The target was 5.0 %: strength 0.7 is the lowest from which on face-api 1.7.15 sees it met',
    );
    expect(words).to.include('on 400 images of 200 people; the upper end of the 95 % interval is 4.1 % there');
    expect(await wordsIn({ per: 'image', chosen: { threshold: 0.5 } })).to.match(
      /further until face-api 1\.7\.15 found it/,
    );
  });

  it('warns of nothing where all is well', async () => {
    expect(await warningsIn(SOUND)).to.deep.equal([]);
  });

  for (const [what, changes, warning] of [
    [
      'a judge who recognises more than the target',
      { ...SOUND, target: 0.03, attacks: { ...attacks, worst: {} } },
      /does not confirm .* 3\.0 %.* 3\.6 %/,
    ],
    [
      'a judge who recognises persons more often than the target',
      { ...SOUND, identity: { ...identity, person: { rank1: recognised(0.2, 0.01) } } },
      /does not confirm .* 7\.0 %.* 24\.9 %/,
    ],
    ['a judge who saw nothing', { ...SOUND, identity: { ...identity, own: {}, person: {} } }, /could measure nothing/],
    [
      'an attack that finds more than the target',
      { target: 0.055 },
      /exceeds the target: the original of 3\.7 % .* up to 6\.2 % .* sends all originals/,
    ],
    [
      'an attack that finds more people than the target',
      { ...SOUND, attacks: { ...attacks, mapped: { ...attacks.mapped, person: recognised(0.3, 0.01) } } },
      /exceeds the target: another picture of the person of 30\.0 % .* has learnt/,
    ],
    [
      'blur that hides as many and keeps more of everything',
      { ...SOUND, plain: { ...plain, isBetter: { blur: [], pixelate: [] } } },
      /^Blur hides as many people and keeps more/,
    ],
    ['originals that went out', { ...withFates({ copied: 3 }), ...SOUND }, /^3 originals went out as they are/],
    ['copies that nobody judged', { ...withFates({ whole: 1 }), ...SOUND }, /^1 copy went out that nobody could judge/],
  ] as const) {
    it(`warns of ${what}`, async () => {
      const warnings = await warningsIn(changes as Partial<AnonymityReport>);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(warning);
    });
  }

  it('says that no attack was tried, at the top and among what is not known', async () => {
    const { attacks: _, ...report } = madeUpReport(SOUND);
    const page = await reportHtml(report, []);
    expect(page).to.match(/class="warning">No attack .* was tried/);
    expect(wordsOf(page)).to.match(/Attacks by somebody who knows how the copies were made: not measured/);
  });

  it('names what was not measured, by what is missing', async () => {
    const unmeasured = (page: string): string => /What was not measured[\s\S]*?What this is not/.exec(page)?.[0] ?? '';
    const all = unmeasured(await wordsIn());
    for (const gap of [
      /2 originals in which/,
      /12 copies in which/,
      /14 images that could not be judged/,
      /0\.1 % of cases/,
    ]) {
      expect(all).to.match(gap);
    }
    expect(all).to.not.match(/no classifier|no person was known|Whether ages/);
    const little = unmeasured(wordsOf(await reportHtml(bareReport(), [])));
    for (const gap of [
      /Recognition by human/,
      /no person was known/,
      /1\.0 % or 0\.1 %/,
      /no classifier/,
      /Whether ages/,
    ]) {
      expect(little).to.match(gap);
    }
  });

  it('says what it is not', async () => {
    const words = await wordsIn();
    for (const limit of [
      'no formal guarantee',
      'whoever has the originals',
      'whoever has the key',
      'Other judges may see more',
    ]) {
      expect(words).to.include(limit);
    }
  });

  it('marks the worst attack, one for each kind of recognition', async () => {
    const page = await reportHtml(madeUpReport(), []);
    expect([...page.matchAll(/<b>([^<]*), the worst<\/b>/g)].map(([, name]) => name)).to.deep.equal([
      'originals treated too',
      'learnt from others',
    ]);
  });

  it('sets the copies beside blur and pixelation, with what keeps more in bold', async () => {
    const page = await reportHtml(madeUpReport(), []);
    const words = wordsOf(page);
    expect(words).to.include(
      'Blur keeps more of: likeness (SSIM) and closeness (RMS). These copies keep more of: that somebody is found and age.',
    );
    expect(words).to.include('Pixelation keeps more of: nothing.');
    const [, section = ''] = page.replaceAll('\u00a0', ' ').split('<h2>Beside blur and pixelation</h2>');
    const row = (name: string): string => new RegExp(`<th scope="row">${name}</th>.*`).exec(section)?.[0] ?? '';
    expect(row('likeness \\(SSIM\\)')).to.include('<td>0.475</td><td><b>0.710</b></td><td>0.400</td>');
    expect(row('age kept, of all')).to.include('<td>58.0 %</td><td>46.0 %</td>');
    const { blur: _, pixelate: _p, ...none } = plain;
    expect(await wordsIn({ plain: none }))
      .to.include('Blur: no level hides as many')
      .and.to.include('Pixelation: no level');
  });

  it('says where nothing was compared with blur and pixelation', async () => {
    const { plain: _, ...report } = madeUpReport();
    const words = wordsOf(await reportHtml(report, []));
    expect(words)
      .to.include('How blur and pixelation compare: not measured')
      .and.to.include('Not compared: not measured');
  });

  it('counts every image once', async () => {
    const words = await wordsIn(withFates({ written: 690, copied: 2, whole: 1 }));
    expect(words).to.include('Of 720 images, 693 were handed on and 27 left out.');
    const table = /What became of the images images (.*?) The copies nearest/.exec(words)?.[1] ?? '';
    const numbers = [...table.matchAll(/ (\d+)(?= |$)/g)].map(([, number]) => Number(number));
    expect(numbers.reduce((sum, number) => sum + number, 0)).to.equal(720);
  });
});
