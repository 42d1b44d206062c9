import type { Axis, Mark, Spec } from 'vega';
import { atMarks, bandMarks, LINE_LOOKS, levelMarks, lineMarks, titleMark } from './chartMarks.ts';

export type ChartPoint = {
  readonly x: number;
  readonly y: number;
  /** Ends of an interval around y, drawn as a pale band. */
  readonly low?: number;
  readonly high?: number;
};

export type Panel = {
  readonly title: string;
  /** Up to six lines; names stand in a legend where there are several. */
  readonly lines: readonly { readonly name: string; readonly points: readonly ChartPoint[] }[];
  /** A height to mark with a dashed line. */
  readonly target?: number;
  /** More heights to mark, each with dashes of its own. */
  readonly levels?: readonly number[];
  /** The ends of the y axis; by default from 0 to the highest point. */
  readonly domain?: readonly [low: number, high: number];
  /** How numbers at the y axis are written, as d3 takes it. */
  readonly format?: string;
};

export type Chart = {
  readonly panels: readonly Panel[];
  /** Panels that stand side by side. @defaultValue all */
  readonly columns?: number;
  /** Of the axis that all panels share. */
  readonly xTitle: string;
  /** A stretch of the x axis to shade in all panels. */
  readonly band?: readonly [from: number, to: number] | undefined;
  /** A place on the x axis to mark with a line in all panels. */
  readonly at?: number;
  /** Of one panel, in pixels, without its axes. */
  readonly width: number;
  readonly height: number;
  /** @defaultValue the one that comes with the package */
  readonly font?: string;
  /** Whether names of lines stand in the chart itself. @defaultValue true */
  readonly isKeyed?: boolean;
};

/** Comes with the package. */
const OUR_FONT = 'Share Tech Mono';
/** Between panels, in pixels; holds the y axis of the next. */
const GAP = 64;
/** A chart as Vega draws it, on white. */
export const specOf = ({ font = OUR_FONT, ...chart }: Chart): Spec => ({
  $schema: 'https://vega.github.io/schema/vega/v6.json',
  background: 'white',
  padding: 8,
  layout: { columns: chart.columns ?? chart.panels.length, padding: GAP, bounds: 'flush', align: 'all' }, // axes of one height
  config: {
    axis: { labelFont: font, titleFont: font, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal' },
    legend: { labelFont: font, labelFontSize: 11 },
  },
  marks: chart.panels.map((panel) => panelMark(panel, { ...chart, font })),
});

const panelMark = (panel: Panel, chart: Chart & { readonly font: string }): Mark => {
  const { xTitle, band, at, width, height, font, isKeyed = true } = chart;
  const rows = panel.lines.flatMap(({ name, points }) => points.map((point) => ({ name, ...point })));
  const levels = [panel.target, ...(panel.levels ?? [])];
  const highest = Math.max(...rows.map(({ y, high }) => high ?? y), ...levels.map((level) => level ?? 0)) * 1.05;
  const names = panel.lines.map(({ name }) => name);
  const isSeveral = names.length > 1;
  return {
    type: 'group',
    encode: { update: { width: { value: width }, height: { value: height } } },
    data: [{ name: 'rows', values: rows }],
    scales: [
      { name: 'x', type: 'linear', domain: { data: 'rows', field: 'x' }, zero: true, range: [0, width] },
      { name: 'y', type: 'linear', domain: [...(panel.domain ?? [0, highest])], zero: false, range: [height, 0] },
      { name: 'colour', type: 'ordinal', domain: names, range: LINE_LOOKS.map(({ colour }) => colour) },
      { name: 'dash', type: 'ordinal', domain: names, range: LINE_LOOKS.map(({ dash }) => [...dash]) },
    ],
    axes: [axis('x', { orient: 'bottom', title: xTitle }), axis('y', { orient: 'left', format: panel.format })],
    ...(isSeveral && isKeyed ? { legends: [{ stroke: 'colour', symbolType: 'stroke', orient: 'top-left' }] } : {}),
    marks: [
      ...bandMarks(band, height),
      ...levels.flatMap((level, n) => levelMarks(level, n, width)),
      ...atMarks(at, height),
      lineMarks(),
      titleMark(panel.title, font),
    ],
  };
};

type AxisLook = { readonly orient: Axis['orient']; readonly title?: string; readonly format?: string | undefined };

const axis = (scale: 'x' | 'y', { orient, title, format }: AxisLook): Axis => ({
  scale,
  orient,
  tickCount: 5,
  grid: scale === 'y',
  gridColor: '#eee',
  ...(title ? { title } : {}),
  ...(format ? { format } : {}),
});
