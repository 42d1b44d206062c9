import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import type { Utility } from '../../apps/anonymise/utility.ts';
import { type Content, html, type Section, tableMarkup } from '../html/markup.ts';
import { count } from '../html/wording.ts';
import { numberText, shareCells, shareText } from './figures.ts';

/** What copies are still good for. */
export const utilitySection = ({ utility, judge }: AnonymityReport): Section => ({
  title: 'What the copies keep',
  body: html`<p>Measured on ${count(utility.images)} copies. What is told of a face is told by ${judge}, of the original and of
the copy: it is kept where both are the same.</p>
${tableMarkup({
  caption: 'What the copies keep of their originals',
  headers: ['', 'kept', '95 % interval', 'of', 'by chance', ''],
  rows: [
    ['classes', ...shareCells(utility.labels), '', ''],
    ['somebody is found', ...shareCells(utility.found), '', ''],
    ...attributeRows(utility),
  ],
})}
${tableMarkup({ caption: 'How far copies are from their originals', headers: ['', 'mean', ''], rows: distanceRows(utility) })}`,
});

const attributeRows = ({ attributes }: Utility): Content[][] =>
  Object.entries(attributes).map(([name, { kept, chance, within, difference }]) => [
    name,
    ...shareCells(kept),
    shareText(chance),
    within === undefined || difference === undefined
      ? ''
      : `within ${numberText(within)}; ${numberText(difference)} apart on average`,
  ]);

const distanceRows = ({ ssim, distance, frechet }: Utility): Content[][] => [
  ['likeness (SSIM)', ssim.toFixed(3), '1 for equal pictures'],
  ['distance (RMS)', numberText(distance), 'of the range from black to white'],
  [
    'distance of the sets',
    frechet ? numberText(frechet.distance) : 'not measured',
    frechet ? `as FID, in the judge’s features; of ${count(frechet.of)} pairs` : '',
  ],
];
