import type { Recognised } from '../../apps/anonymise/identity.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { html, type Markup } from '../html/markup.ts';
import { count } from '../html/wording.ts';
import { intervalText, several, shareText } from './figures.ts';
import { warningsOf } from './warnings.ts';

/** What came out, in a few sentences, and what must not be overlooked. */
export const lead = (report: AnonymityReport): Markup => {
  const { own, person } = report.identity;
  return html`<p class="lead">${sentence(report, own.rank1)}</p>
${person.rank1 ? html`<p>${personSentence(person.rank1)}</p>` : ''}
<p>${aimSentence(report)}</p>
${warningsOf(report).map((warning) => html`<p class="warning">${warning}</p>`)}`;
};

const sentence = ({ judge, embedder }: AnonymityReport, own: Recognised | undefined): string => {
  if (!own) return `Nothing is known of these copies: ${judge}, which was to judge them, could measure none of them.`;
  const all = `Of ${several(own.of, 'copy', 'copies')} that were judged, ${shareText(own.share)}`;
  const how = `were traced to their own original by ${judge}, which had no part in choosing how far they go`;
  const sure = `The true rate lies between ${intervalText(own).replace(' to ', ' and ')} with 95 % confidence`;
  return `${all} ${how}; that part was ${embedder}'s. ${sure}; by chance it would be ${shareText(own.chance)}.`;
};

const personSentence = (person: Recognised): string => {
  const copies = `For ${shareText(person.share)} of ${several(person.of, 'copy', 'copies')} (95 % interval ${intervalText(person)})`;
  const usual = person.untouched
    ? `; for untouched pictures that is so in ${shareText(person.untouched.share)} of cases`
    : '';
  return `${copies} the nearest other picture is one of the same person${usual}. By chance it would be ${shareText(person.chance)}.`;
};

const aimSentence = ({ target, chosen, split, embedder }: AnonymityReport): string => {
  const by = `on ${several(split.choosing.images, 'image')} of ${people(split.choosing.people)}`;
  const judged = `${several(split.judging.images, 'image')} of ${people(split.judging.people)} were judged.`;
  if (chosen.strength === undefined) {
    const strangers =
      chosen.level === undefined ? 'pairs of strangers' : `${shareText(chosen.level)} of pairs of strangers`;
    const near = `each image was thrown further until ${embedder} found it less like its original than ${strangers} are`;
    const end =
      chosen.risk === undefined ? '' : `, with ${shareText(chosen.risk)} at the upper end of the 95 % interval`;
    const met = `the least at which other copies, thrown as far, meet it ${by}${end}`;
    return `The target was ${shareText(target)}: ${near}, ${met}. ${judged}`;
  }
  const met = `strength ${chosen.strength} is the lowest from which on ${embedder} sees it met, ${by}`;
  const end =
    chosen.risk === undefined ? '' : `; the upper end of the 95 % interval is ${shareText(chosen.risk)} there`;
  return `The target was ${shareText(target)}: ${met}${end}. ${judged}`;
};

const people = (number: number): string => (number === 1 ? 'one person' : `${count(number)} people`);
