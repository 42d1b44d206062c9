import { Chart } from '../../parts/Chart.tsx';
import type { SurvivedProps } from './Kept.tsx';
import { strengthAxis, topOf } from './strengthAxis.ts';

/** What a variant takes by strength. */
export const Seconds = ({ survived: { points }, band }: SurvivedProps) => {
  const values = points.map(({ secondsPerVariant }) => secondsPerVariant);
  const top = topOf(values, 1e-6);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(top)));
  return (
    <section class="last">
      <Chart
        title="Seconds for a variant on this machine"
        text={
          points.length === 0
            ? 'No curve yet: nothing is measured.'
            : `A variant takes from ${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)} seconds.`
        }
        x={strengthAxis(points)}
        y={{
          label: 'seconds',
          domain: [0, points.length === 0 ? 1 : top],
          format: (value) => value.toFixed(points.length === 0 ? 1 : digits),
        }}
        series={[
          {
            name: 'seconds',
            look: 4,
            points: points.map(({ strength, secondsPerVariant }) => ({ x: strength, y: secondsPerVariant })),
          },
        ]}
        {...{ band }}
      />
    </section>
  );
};
