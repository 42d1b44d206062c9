import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import { html, type Section, tableMarkup } from '../html/markup.ts';

/** What made the copies, and what else a reader must know. */
export const madeSection = ({ model, versions, embedder, judge, notes }: AnonymityReport): Section => ({
  title: 'How they were made',
  body: html`${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${sentence(note)}</li>`)}</ul>` : ''}
${tableMarkup({
  caption: 'What had a part in it',
  headers: ['', ''],
  rows: [
    ['model', model.name],
    ...(model.digest ? [['digest of the model', html`<code>${model.digest}</code>`]] : []),
    ...(model.engine ? [['computed by', model.engine]] : []),
    ['chose the strength', embedder],
    ['judged the copies', judge],
    ...Object.entries(versions).map(([name, version]) => [name, version]),
  ],
})}`,
});

/** A note begins and ends as a sentence does, also where it was written as a message. */
const sentence = (note: string): string =>
  `${note.charAt(0).toUpperCase()}${note.slice(1)}${/[.!?]$/.test(note) ? '' : '.'}`;
