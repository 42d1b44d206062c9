import { parse, View } from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { type Figure, figureMarkup } from '../../../src/node/html/figure.ts';
import type { Markup } from '../../../src/node/html/markup.ts';

export type Chart = Omit<Figure, 'draw'> & {
  /** The chart for a width in pixels, of its axes and text as well. */
  readonly spec: (width: number) => TopLevelSpec;
};

export const drawChart = ({ spec, ...figure }: Chart): Promise<Markup> =>
  figureMarkup({ ...figure, draw: (width) => svgOf(spec(width)) });

/** A chart as an SVG file. */
export const svgOf = (spec: TopLevelSpec): Promise<string> =>
  new View(parse(compile(spec, { config: CONFIG }).spec), { renderer: 'none' }).toSVG();

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
