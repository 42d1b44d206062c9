import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { html, type Section, tableMarkup } from '../html/markup.ts';
import { count } from '../html/wording.ts';
import { identityCurve, utilityCurve } from './curves.ts';
import { intervalText, NOT_MEASURED, numberText, shareText } from './figures.ts';

/** How far copies go, and what speaks for it. */
export const choiceSection = async (report: AnonymityReport): Promise<Section> => {
  const { curve, embedder, tries } = report;
  const title = 'How far the copies go';
  if (curve.length === 0) return { title, body: html`<p>No strength was tried: ${NOT_MEASURED}.</p>` };
  return {
    title,
    body: html`<p>A picture is thrown some way into noise, and a model that has learnt such pictures brings it back: strength 0
would leave it, strength 1 starts from noise alone. These figures are ${embedder}’s, by which the strength was chosen. The
judge’s follow below.</p>
${await identityCurve(report)}${await utilityCurve(report)}${curveTable(report)}${tries ? triesTable(tries) : ''}`,
  };
};

const curveTable = ({ curve, chosen }: AnonymityReport) =>
  tableMarkup({
    caption: 'What each strength does',
    headers: [
      'strength',
      'own original found',
      '95 % interval',
      'same person found',
      '95 % interval',
      'likeness',
      'distance',
    ],
    rows: curve.map(({ strength, own, person, utility }) => [
      strength === chosen.strength ? html`<b>${strength}, chosen</b>` : strength,
      shareText(own?.share),
      own ? intervalText(own) : '',
      shareText(person?.share),
      person ? intervalText(person) : '',
      utility.ssim.toFixed(2),
      numberText(utility.distance),
    ]),
  });

const triesTable = (tries: NonNullable<AnonymityReport['tries']>) =>
  tableMarkup({
    caption: 'How often images were thrown until they were far enough',
    headers: ['times', 'images'],
    rows: tries.map((row) => [count(row.tries), count(row.images)]),
  });
