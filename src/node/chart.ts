import sharp from 'sharp';
import type { Axis, Mark, Spec } from 'vega';
import { drawText } from './text.ts';

export type ChartPoint = {
  readonly x: number;
  readonly y: number;
  /** Ends of an interval around y, drawn as a pale band. */
  readonly low?: number;
  readonly high?: number;
};

export type Panel = {
  readonly title: string;
  /** One or two lines; names stand in a legend where there are two. */
  readonly lines: readonly { readonly name: string; readonly points: readonly ChartPoint[] }[];
  /** A height to mark with a dashed line. */
  readonly target?: number;
  /** The ends of the y axis; by default from 0 to the highest point. */
  readonly domain?: readonly [low: number, high: number];
};

export type Chart = {
  /** From left to right. */
  readonly panels: readonly Panel[];
  /** Of the axis that all panels share. */
  readonly xTitle: string;
  /** A stretch of the x axis to shade in all panels. */
  readonly band?: readonly [from: number, to: number] | undefined;
  /** Of one panel, in pixels, without its axes. */
  readonly width: number;
  readonly height: number;
};

const FONT = 'Share Tech Mono';
/** Between panels, in pixels; holds the y axis of the next. */
const GAP = 64;
const COLOURS = ['#1f5fa8', '#c4501b'];

/**
 * Draws line charts side by side, with the font that comes with the package.
 *
 * @returns The bytes of a PNG, on white.
 */
export const drawChart = async (chart: Chart): Promise<Uint8Array> => {
  const { parse, View } = await import('vega'); // slow to load, and most commands never draw
  const svg = await new View(parse(specOf(chart)), { renderer: 'none' }).toSVG();
  await drawText('.', { width: 20 }); // makes our font known to whatever draws text from now on, in SVG too
  return sharp(Buffer.from(svg)).flatten({ background: 'white' }).png().toBuffer();
};

const specOf = (chart: Chart): Spec => ({
  $schema: 'https://vega.github.io/schema/vega/v6.json',
  background: 'white',
  padding: 8,
  layout: { columns: chart.panels.length, padding: GAP, bounds: 'flush', align: 'all' }, // axes of one height
  config: {
    axis: { labelFont: FONT, titleFont: FONT, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal' },
    legend: { labelFont: FONT, labelFontSize: 11 },
  },
  marks: chart.panels.map((panel) => panelMark(panel, chart)),
});

const panelMark = (panel: Panel, { xTitle, band, width, height }: Chart): Mark => {
  const rows = panel.lines.flatMap(({ name, points }) => points.map((point) => ({ name, ...point })));
  const highest = Math.max(...rows.map(({ y, high }) => high ?? y), panel.target ?? 0) * 1.05;
  const isKeyed = panel.lines.length > 1;
  return {
    type: 'group',
    encode: { update: { width: { value: width }, height: { value: height } } },
    data: [{ name: 'rows', values: rows }],
    scales: [
      { name: 'x', type: 'linear', domain: { data: 'rows', field: 'x' }, zero: true, range: [0, width] },
      { name: 'y', type: 'linear', domain: [...(panel.domain ?? [0, highest])], range: [height, 0] },
      { name: 'colour', type: 'ordinal', domain: panel.lines.map(({ name }) => name), range: COLOURS },
    ],
    axes: [axis('x', 'bottom', xTitle), axis('y', 'left')],
    ...(isKeyed ? { legends: [{ stroke: 'colour', symbolType: 'stroke', orient: 'top-left' }] } : {}),
    marks: [...bandMarks(band, height), ...targetMarks(panel.target, width), lineMarks(), titleMark(panel.title)],
  };
};

const axis = (scale: 'x' | 'y', orient: Axis['orient'], title?: string): Axis => ({
  scale,
  orient,
  tickCount: 5,
  grid: scale === 'y',
  gridColor: '#eee',
  ...(title ? { title } : {}),
});

const bandMarks = (band: Chart['band'], height: number): Mark[] => {
  if (!band) return [];
  const [x, x2] = band.map((value) => ({ scale: 'x', value }));
  const place = { x, x2, y: { value: 0 }, y2: { value: height } };
  return [
    { type: 'rect', encode: { enter: { ...place, fill: { value: '#bfe3c0' }, fillOpacity: { value: 0.6 } } } },
  ] as Mark[];
};

const targetMarks = (target: number | undefined, width: number): Mark[] => {
  if (target === undefined) return [];
  const place = { x: { value: 0 }, x2: { value: width }, y: { scale: 'y', value: target } };
  return [{ type: 'rule', encode: { enter: { ...place, stroke: { value: '#555' }, strokeDash: { value: [5, 4] } } } }];
};

/** For each line its band, the line, and its points. */
const lineMarks = (): Mark => {
  const at = (field: string) => ({ scale: 'y', field });
  const x = { scale: 'x', field: 'x' };
  const colour = { scale: 'colour', field: 'name' };
  const from = { data: 'line' };
  const spread = {
    x,
    y: at('low'),
    y2: at('high'),
    fill: colour,
    fillOpacity: { value: 0.2 },
    defined: { signal: 'isValid(datum.low)' },
  };
  return {
    type: 'group',
    from: { facet: { name: 'line', data: 'rows', groupby: 'name' } },
    marks: [
      { type: 'area', from, encode: { enter: spread } },
      { type: 'line', from, encode: { enter: { x, y: at('y'), stroke: colour, strokeWidth: { value: 2 } } } },
      { type: 'symbol', from, encode: { enter: { x, y: at('y'), fill: colour, size: { value: 22 } } } },
    ],
  };
};

/** A mark, since Vega puts its own titles above whatever stands out of a panel, each at another height. */
const titleMark = (text: string): Mark => {
  const place = { x: { value: 0 }, y: { value: -12 } };
  const look = { font: { value: FONT }, fontSize: { value: 13 }, fill: { value: 'black' } };
  return { type: 'text', encode: { enter: { ...place, ...look, text: { value: text } } } };
};
