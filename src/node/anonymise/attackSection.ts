import type { AttackReport, Attacks } from '../../apps/anonymise/attacks/attacks.ts';
import type { Recognised } from '../../apps/anonymise/identity.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { type Content, html, type Section, tableMarkup } from '../html/markup.ts';
import { count } from '../html/wording.ts';
import { NOT_MEASURED, recognisedCells } from './figures.ts';

/** What each attack is called, and what it does: "somebody who …". */
export const ATTACKS: Readonly<Record<keyof Attacks, { readonly name: string; readonly does: string }>> = {
  plain: { name: 'plain search', does: 'searches for each copy among all originals, as anybody can' },
  renoised: {
    name: 'copies treated again',
    does: 'sends the copies through the same model once more, and searches for what comes back',
  },
  parrot: {
    name: 'originals treated too',
    does: 'sends all originals through the same model, and searches among what comes back',
  },
  mapped: {
    name: 'learnt from others',
    does: 'has learnt from copies of other people how copies differ from originals, and corrects for it',
  },
};

/** What those find who know how the copies were made. */
export const attackSection = ({ attacks, judge }: AnonymityReport): Section => {
  const title = 'What somebody finds who knows how they were made';
  if (!attacks) return { title, body: html`<p>No attack was tried: ${NOT_MEASURED}.</p>` };
  const hasPeople = NAMES.some((name) => attacks[name].person);
  return {
    title,
    body: html`<p>None of them has the key; all see with ${judge}. Only these attacks were tried; what others find is not known.</p>
<ul>${NAMES.map((name) => html`<li><b>${ATTACKS[name].name}</b>: ${ATTACKS[name].does}.</li>`)}</ul>
${table(attacks, 'own', 'Own original found, by attack')}
${hasPeople ? table(attacks, 'person', 'Another picture of the same person found, by attack') : ''}
${replayTable(attacks)}`,
  };
};

const NAMES = Object.keys(ATTACKS) as (keyof Attacks)[];

const table = (attacks: AttackReport, which: 'own' | 'person', caption: string): Content =>
  tableMarkup({
    caption,
    headers: ['', 'copies', '95 % interval', 'of', 'by chance', 'nobody found in'],
    rows: NAMES.map((name) => {
      const isWorst = attacks.worst[which] === name;
      const cells = [...recognisedCells(attacks[name][which]), count(attacks[name].notFound)];
      const words = isWorst ? html`<b>${ATTACKS[name].name}, the worst</b>` : ATTACKS[name].name;
      return [words, ...cells.map((cell) => (isWorst ? html`<b>${cell}</b>` : cell))];
    }),
  });

const replayTable = ({ replayed: { withSeed, without, candidates } }: AttackReport): Content => {
  const row = (name: string, share: Recognised): Content[] => [name, ...recognisedCells(share)];
  return tableMarkup({
    caption: `Own original found among ${candidates} candidates, by making their copies again`,
    headers: ['', 'copies', '95 % interval', 'of', 'by chance'],
    rows: [row('with the key', withSeed), row('without it', without)],
  });
};
