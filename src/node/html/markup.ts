/** Text that is HTML already, as opposed to text that must be escaped. */
export type Markup = { readonly markup: string };
export type Content = string | number | Markup | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML with values in it: all of them are escaped, but what was made by this function. */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup => ({
  markup: parts.reduce((text, part, n) => text + rendered(values[n - 1] ?? '') + part),
});

const rendered = (content: Content): string => {
  if (typeof content === 'string') return content.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(rendered).join('');
};

export type DataTable = {
  readonly caption: string;
  readonly headers: readonly Content[];
  /** The first cell of a row is its name. */
  readonly rows: readonly (readonly Content[])[];
};

/** A table in a box that scrolls sideways by itself, by keyboard too, where the page is too narrow for it. */
export const tableMarkup = ({ caption, headers, rows }: DataTable): Markup => html`
<p class="caption" aria-hidden="true">${caption}</p>
<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table aria-label="${caption}">
<thead><tr>${headers.map((header) => html`<th scope="col">${header}</th>`)}</tr></thead>
<tbody>${rows.map(
  ([name = '', ...cells]) => html`
<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
)}
</tbody>
</table>
</div>`;

export type Section = { readonly title: string; readonly body: Content };

export const sectionMarkup = ({ title, body }: Section): Markup => html`
<section>
<h2>${title}</h2>
${body}
</section>`;
