import { rounded, within } from '../../../frame.ts';
import { Chart } from '../../parts/Chart.tsx';
import { NumberField } from '../../parts/Field.tsx';
import type { Series } from '../../parts/series.ts';
import type { SurvivedProps } from './Kept.tsx';
import { LevelGrip } from './LevelGrip.tsx';
import { strengthAxis, topOf } from './strengthAxis.ts';

/** How far variants are from their image and from one another, and how far apart they should be. */
export const Distances = ({ studio: { choice, choose }, survived, band }: SurvivedProps) => {
  const { measure } = choice;
  const points = [...(survived.roundTrip ? [survived.roundTrip] : []), ...survived.points];
  const series = (['rms', 'diversity'] as const).map(
    (name, n): Series => ({
      name: name === 'rms' ? 'to their image' : 'among variants (diversity)',
      look: n === 0 ? 2 : 3,
      points: points.map((point) => {
        const { mean, interval } = point[name];
        return { x: point.strength, y: mean, low: interval[0], high: interval[1] };
      }),
    }),
  );
  const values = series.flatMap((one) => one.points.map(({ high = 0 }) => high));
  const setLeast = (distance: number): void =>
    choose({ measure: { ...measure, minDiversity: within(rounded(distance, 0.005), [0.005, 0.99]) } });
  return (
    <section>
      <div class="fields">
        <NumberField
          label="Least difference"
          hint="Among variants"
          value={measure.minDiversity}
          {...{ min: 0.005, max: 0.99, step: 0.005 }}
          onChange={setLeast}
        />
      </div>
      <Chart
        title="How much variants differ (RMS)"
        text={
          survived.points.length === 0
            ? 'No curves yet: nothing is measured.'
            : `Distances rise with strength, to ${Math.max(...values).toFixed(3)}.`
        }
        x={strengthAxis(survived.points)}
        y={{
          label: 'distance, in [0, 1] units',
          domain: [0, topOf([...values, measure.minDiversity], 0.2)],
          format: (value) => value.toFixed(3),
        }}
        {...{ series, band }}
      >
        {(frame) => (
          <LevelGrip
            {...{ frame, level: measure.minDiversity, step: 0.005 }}
            label="Least difference among variants"
            text={`at least ${measure.minDiversity}`}
            spoken={`at least ${measure.minDiversity}`}
            onMove={setLeast}
          />
        )}
      </Chart>
    </section>
  );
};
