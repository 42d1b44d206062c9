import { html, type Markup } from './markup.ts';

/** A line in a chart. */
export type LineLook = { readonly name: string; readonly colour: string; readonly dash: readonly number[] };

/** What the lines in a chart mean: a piece of each, and its name. */
export const keyMarkup = (looks: readonly LineLook[]): Markup => {
  const items = looks.map(
    ({ name, colour, dash }) => html`<li><svg viewBox="0 0 44 14" width="44" height="14" aria-hidden="true">
<path d="M1,7H43" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash.join(' ') || 'none'}"/>
</svg>${name}</li>`,
  );
  return html`<ul class="key">${items}</ul>`;
};
