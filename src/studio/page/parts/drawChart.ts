import { areaY, axisX, axisY, dot, gridY, line, plot, rect } from '@observablehq/plot';
import { type Frame, MARGINS } from '../../frame.ts';
import type { ChartAxis, Series } from './series.ts';

export type Drawn = {
  readonly frame: Frame;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly Series[];
  readonly band?: readonly [number, number] | undefined;
  readonly stripe?: readonly [number, number] | undefined;
};

/** Lines with more points than this are drawn without their points. */
const MOST_DOTS = 60;

/**
 * A chart by Observable Plot. What it looks like is said by classes in our own style: Plot's element `style` is taken out
 * before the chart comes into the page, whose policy forbids it.
 */
export const drawChart = ({ frame, x, y, series, band, stripe }: Drawn): Element => {
  const [bottom, top] = frame.y;
  const [left, right] = frame.x;
  const shades = [
    ...(band ? [rect([band], { x1: '0', x2: '1', y1: bottom, y2: top, className: 'band' })] : []),
    ...(stripe ? [rect([stripe], { x1: left, x2: right, y1: '0', y2: '1', className: 'band' })] : []),
  ];
  const chart = plot({
    className: 'plot',
    width: frame.width,
    height: frame.height,
    marginTop: MARGINS.top,
    marginRight: MARGINS.right,
    marginBottom: MARGINS.bottom,
    marginLeft: MARGINS.left,
    x: { domain: [...frame.x] },
    y: { domain: [...frame.y] },
    marks: [
      ...shades,
      gridY({ ticks: 5, className: 'grid' }),
      axisX({ label: x.label, labelArrow: 'none', labelAnchor: 'center', labelOffset: 34, ...ticksOf(x), tickSize: 4 }),
      axisY({ label: y.label, labelArrow: 'none', ticks: 5, ...ticksOf(y), tickSize: 0 }),
      ...series.flatMap(seriesMarks),
    ],
  });
  for (const style of chart.querySelectorAll('style')) style.remove();
  for (const part of chart.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label'); // names of marks say nothing
  return chart;
};

const ticksOf = ({ ticks, format }: ChartAxis) => ({
  ...(ticks ? { ticks: [...ticks] } : {}),
  ...(format ? { tickFormat: format } : {}),
});

const seriesMarks = ({ look, points, isSteps, isAside }: Series) => {
  const curve = isSteps ? ('step' as const) : ('linear' as const);
  const own = `series series-${look}`;
  const isSpread = points.some(({ low }) => low !== undefined);
  return [
    ...(isSpread ? [areaY(points, { x: 'x', y1: 'low', y2: 'high', curve, className: `spread ${own}` })] : []),
    line(points, { x: 'x', y: 'y', curve, className: isAside ? `aside ${own}` : `line ${own}` }),
    ...(points.length > MOST_DOTS || isAside ? [] : [dot(points, { x: 'x', y: 'y', r: 3, className: `dots ${own}` })]),
  ];
};
