import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Domain, Frame } from '../../frame.ts';
import { ChartTable } from './ChartTable.tsx';
import type { ChartAxis, Series } from './series.ts';

export type ChartProps = {
  readonly title: string;
  /** What the lines say, in a sentence, for who does not see them. */
  readonly text: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly Series[];
  /** A stretch of the x axis to shade. */
  readonly band?: Domain | undefined;
  /** A stretch of the y axis to shade. */
  readonly stripe?: Domain | undefined;
  /** In pixels. @defaultValue 240 */
  readonly height?: number;
  /** What lies above the lines and can be taken hold of: elements of SVG. */
  readonly children?: (frame: Frame) => ComponentChildren;
};

/** Until it is known how wide the page is. */
const NARROWEST = 280;

/**
 * Curves with their intervals, drawn by Observable Plot once that is loaded; below them all numbers in a table. Its height
 * is kept from the beginning, its width is that of whatever holds it.
 */
export const Chart = ({ title, text, x, y, series, band, stripe, height = 240, children }: ChartProps) => {
  const id = useId();
  const [box, width] = useWidth();
  const frame: Frame = { width, height, x: x.domain, y: y.domain };
  const chart = useRef<HTMLDivElement>(null);
  const drawn = { frame, x, y, series, band, stripe };
  useEffect(() => {
    let isOver = false;
    import('./drawChart.ts').then(
      ({ drawChart }) => {
        if (!isOver) chart.current?.replaceChildren(drawChart(drawn));
      },
      () => chart.current?.replaceChildren('The chart could not be loaded; the numbers are below.'),
    );
    return () => {
      isOver = true;
    };
  }, [JSON.stringify(drawn)]);
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <figcaption id={`${id}-title`}>{title}</figcaption>
      {series.length > 1 && (
        <ul class="key">
          {series.map(({ name, look, isAside }) => (
            <li key={name} class={`series-${look}${isAside ? ' aside' : ''}`}>
              {name}
            </li>
          ))}
        </ul>
      )}
      <div class="drawing" ref={box}>
        <div class="lines" role="img" aria-label={text} ref={chart} style={{ height: `${height}px` }} />
        {children && (
          <svg class="grips" viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
            <title>{title}: what can be moved or opened</title>
            {children(frame)}
          </svg>
        )}
      </div>
      <ChartTable x={x} y={y} series={series} caption={title} />
    </figure>
  );
};

/** The width that an element has, in pixels, now and when it changes. */
const useWidth = () => {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(NARROWEST);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const seen = Math.floor(entry?.contentRect.width ?? 0);
      if (seen > 0) setWidth(seen);
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width] as const;
};
