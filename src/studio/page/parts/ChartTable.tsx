import { useState } from 'preact/hooks';
import type { ChartAxis, ChartPoint, Series } from './series.ts';

/** Longer tables show every second row, or every third, and so on. */
const MOST_ROWS = 200;

export type ChartTableProps = {
  readonly caption: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly Series[];
};

/** The numbers of a chart behind a line that opens them. */
export const ChartTable = ({ caption, x, y, series }: ChartTableProps) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The numbers</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section class="scroll" tabIndex={0} aria-label={`${caption}: the numbers`}>
          <Table {...{ caption, x, y, series }} />
        </section>
      )}
    </details>
  );
};

const Table = ({ caption, x, y, series }: ChartTableProps) => {
  const places = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b);
  const every = Math.ceil(places.length / MOST_ROWS);
  const shown = places.filter((_, n) => n % every === 0);
  const write = y.format ?? String;
  return (
    <table>
      <caption>{every === 1 ? caption : `${caption}; one row in ${every}`}</caption>
      <thead>
        <tr>
          <th scope="col">{x.label}</th>
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((place) => (
          <tr key={place}>
            <th scope="row">{(x.format ?? String)(place)}</th>
            {series.map(({ name, points }) => (
              <td key={name}>
                {cellOf(
                  points.find((point) => point.x === place),
                  write,
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const cellOf = (point: ChartPoint | undefined, write: (value: number) => string): string => {
  if (point === undefined) return '';
  const { y, low, high } = point;
  return low === undefined || high === undefined ? write(y) : `${write(y)} (${write(low)} to ${write(high)})`;
};
