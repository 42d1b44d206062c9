import { Chart } from '../../parts/Chart.tsx';
import { machineText } from '../../parts/machine.ts';
import type { SurvivedProps } from './Kept.tsx';
import { strengthAxis, topOf } from './strengthAxis.ts';

/** What a variant takes by strength. */
export const Seconds = ({ studio: { about }, survived: { points }, band }: SurvivedProps) => {
  const isShort = points.every(({ secondsPerVariant }) => secondsPerVariant < 1);
  const [unit, scale] = isShort ? (['milliseconds', 1000] as const) : (['seconds', 1] as const);
  const values = points.map(({ secondsPerVariant }) => secondsPerVariant * scale);
  const top = topOf(values, 1e-3);
  const write = (value: number): string => String(Number(value.toPrecision(3)));
  return (
    <section class="last">
      <Chart
        title={`Time for a variant ${machineText(about)}`}
        text={
          points.length === 0
            ? 'No curve yet: nothing is measured.'
            : `A variant takes from ${write(Math.min(...values))} to ${write(Math.max(...values))} ${unit}.`
        }
        x={strengthAxis(points)}
        y={{ label: unit, domain: [0, points.length === 0 ? 100 : top], format: write }}
        series={[
          { name: unit, look: 4, points: points.map(({ strength }, n) => ({ x: strength, y: values[n] ?? 0 })) },
        ]}
        {...{ band }}
      />
    </section>
  );
};
