import type { Verification } from '../../apps/anonymise/identity.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { html, type Section, tableMarkup } from '../html/markup.ts';
import { count } from '../html/wording.ts';
import { NOT_MEASURED, recognisedCells, shareCells, shareText } from './figures.ts';

/** Who is recognised by the judge. */
export const identitySection = ({ identity, judge }: AnonymityReport): Section => {
  const { own, person, similarity, verification } = identity;
  const rank = tableMarkup({
    caption: `Recognised by ${judge}`,
    headers: ['', 'copies', '95 % interval', 'of', 'by chance', 'untouched pictures'],
    rows: [
      ['own original first', ...recognisedCells(own.rank1), own.rank1 ? 'always' : ''],
      ['own original in five', ...recognisedCells(own.rank5), own.rank5 ? 'always' : ''],
      ['same person first', ...recognisedCells(person.rank1), untouched(person.rank1?.untouched?.share)],
      ['same person in five', ...recognisedCells(person.rank5), untouched(person.rank5?.untouched?.share)],
    ],
  });
  const spread = similarity
    ? html`<p>${judge} rates how alike two pictures are from −1 to 1. A copy and its original have ${similarity.mean.toFixed(2)}
on average, half of the copies less than ${similarity.median.toFixed(2)}, 95 % of them less than ${similarity.most.toFixed(2)}, and the one
that is nearest to its original ${similarity.highest.toFixed(2)}; measured on ${count(similarity.of)}.</p>`
    : html`<p>How alike copies and originals are: ${NOT_MEASURED}.</p>`;
  return { title: 'Who is recognised', body: [rank, spread, verificationTable(verification)] };
};

const untouched = (share: number | undefined): string => (share === undefined ? '' : shareText(share));

const verificationTable = (verification: readonly Verification[]) =>
  tableMarkup({
    caption: 'Taken for one person, by how often strangers are',
    headers: ['strangers', 'pairs', 'taken for one person', '95 % interval', 'of'],
    rows: verification.flatMap(({ far, accepted, linked, untouched: usual }) => [
      [shareText(far), 'copy and original', ...shareCells(accepted)],
      [shareText(far), 'two copies of one person', ...shareCells(linked)],
      [shareText(far), 'two originals of one person', ...shareCells(usual)],
    ]),
  });
