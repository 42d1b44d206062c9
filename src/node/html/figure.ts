import { type Content, html, type Markup } from './markup.ts';

export type Figure = {
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
  readonly caption: Content;
  readonly key?: Markup;
  /** Draws the chart as SVG for a width in pixels, of its axes and text as well. */
  readonly draw: (width: number) => Promise<string>;
};

/** Two drawings of each chart, one for a page and one for a phone: text scaled down would be too small to read. */
const WIDTHS = { wide: 720, narrow: 350 } as const;

/** A chart as SVG within HTML; style sheet and page decide which of the two drawings is seen. */
export const figureMarkup = async ({ label, caption, key, draw }: Figure): Promise<Markup> => {
  const drawings: Markup[] = [];
  for (const [name, width] of Object.entries(WIDTHS)) {
    const svg = await draw(width);
    drawings.push(html`<div class="chart ${name}">${{ markup: labelled(svg, html`${label}`) }}</div>`);
  }
  return html`<figure>${key ?? ''}${drawings}<figcaption>${caption}</figcaption></figure>`;
};

/** The drawing as one picture with a name, which shrinks with the page and never grows. */
const labelled = (svg: string, label: Markup): string => {
  const width = /width="([\d.]+)"/.exec(svg)?.[1] ?? '';
  const box = /viewBox="[^"]*"/.exec(svg)?.[0] ?? '';
  const content = svg.slice(svg.indexOf('>') + 1);
  const open = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label.markup}" ${box}`;
  return `${open} style="max-width:${width}px">${content}`;
};
