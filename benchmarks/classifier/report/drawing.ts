import { parse, View } from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { type Content, html, type Markup } from './markup.ts';

/** Two drawings of each chart, one for a page and one for a phone: text scaled down would be too small to read. */
const WIDTHS = { wide: 720, narrow: 350 } as const;

export type Chart = {
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
  readonly caption: Content;
  readonly key?: Markup;
  /** The chart for a width in pixels, of its axes and text as well. */
  readonly spec: (width: number) => TopLevelSpec;
};

/** Draws a chart as SVG within HTML; style sheet and page decide which of the two drawings is seen. */
export const drawChart = async ({ label, caption, key, spec }: Chart): Promise<Markup> => {
  const drawings: Markup[] = [];
  for (const [name, width] of Object.entries(WIDTHS)) {
    const svg = await svgOf(spec(width));
    drawings.push(html`<div class="chart ${name}">${{ markup: labelled(svg, html`${label}`) }}</div>`);
  }
  return html`<figure>${key ?? ''}${drawings}<figcaption>${caption}</figcaption></figure>`;
};

/** A chart as an SVG file. */
export const svgOf = (spec: TopLevelSpec): Promise<string> =>
  new View(parse(compile(spec, { config: CONFIG }).spec), { renderer: 'none' }).toSVG();

/** The drawing as one picture with a name, which shrinks with the page and never grows. */
const labelled = (svg: string, label: Markup): string => {
  const width = /width="([\d.]+)"/.exec(svg)?.[1] ?? '';
  const box = /viewBox="[^"]*"/.exec(svg)?.[0] ?? '';
  const content = svg.slice(svg.indexOf('>') + 1);
  const open = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label.markup}" ${box}`;
  return `${open} style="max-width:${width}px">${content}`;
};

const FONT = 'system-ui, sans-serif';
const INK = '#222';

const CONFIG: Config = {
  aria: false, // the label of the whole says more than one for each mark
  background: 'transparent',
  padding: 4,
  font: FONT,
  view: { stroke: null },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12.5,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelColor: INK,
    titleColor: INK,
    domainColor: '#888',
    tickColor: '#888',
    gridColor: '#e6e6e6',
    labelFlush: false,
  },
  axisY: { title: null, domain: false, ticks: false, tickCount: 5 },
  tick: { color: INK, opacity: 1 },
  rule: { color: INK },
};

/** What a chart or panel shows, above its top left corner: a mark, since titles would stand at any height. */
export const heading = (...text: string[]) => ({
  data: { values: [{}] },
  mark: {
    type: 'text' as const,
    text,
    align: 'left' as const,
    x: -32,
    y: -16 - LINE * (text.length - 1),
    lineHeight: LINE,
    fontSize: 12.5,
    fontWeight: 600 as const,
    color: INK,
  },
});

/** Pixels from line to line. */
const LINE = 16;
