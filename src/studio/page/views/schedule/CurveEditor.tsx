import type { Curve } from '../../../choice.ts';
import { curveOf, drawingOf, epochTicks, valuesOf } from '../../../drawing.ts';
import type { Domain } from '../../../frame.ts';
import { Chart } from '../../parts/Chart.tsx';
import type { Series } from '../../parts/series.ts';
import { CurveFields } from './CurveFields.tsx';
import { Handles } from './Handles.tsx';

export type CurveEditorProps = {
  readonly title: string;
  /** What is drawn, in a word. */
  readonly name: string;
  readonly curve: Curve;
  readonly epochs: number;
  readonly write: (value: number) => string;
  readonly look: Series['look'];
  /** Values that are worth it, where they were measured. */
  readonly stripe?: Domain | undefined;
  /** What is followed instead where only the beginning of the curve counts. */
  readonly instead?: Series | undefined;
  readonly onChange: (curve: Curve) => void;
};

/** A number over the epochs of a run, drawn with handles: what is seen is the very schedule that is exported. */
export const CurveEditor = (props: CurveEditorProps) => {
  const { title, name, curve, epochs, write, look, stripe, instead, onChange } = props;
  const drawing = drawingOf(curve);
  const values = valuesOf(curve, epochs);
  const points = values.map((y, x) => ({ x, y }));
  const own: Series = { name, look, points, isSteps: drawing?.kind === 'stepwise' };
  const plain = drawing && drawing.warmUp > 0 ? valuesOf(curveOf({ ...drawing, warmUp: 0 }), epochs) : undefined;
  const aside = plain?.map((y, x) => ({ x, y }));
  return (
    <section class="curve" aria-label={title}>
      <CurveFields {...{ name, curve, epochs, drawing, onChange }} />
      <Chart
        {...{ title, stripe }}
        text={`${name} over ${epochs} epochs: ${textOf(values, write)}.`}
        x={{
          label: 'epoch',
          domain: [0, Math.max(1, epochs - 1)],
          ticks: epochTicks(epochs),
          format: (epoch) => String(epoch + 1),
        }}
        y={{ label: name, domain: [0, 1], format: write }}
        series={[
          ...(instead ? [instead, { ...own, isAside: true }] : [own]),
          ...(aside && !instead ? [{ name: 'without the warm-up', look, points: aside, isAside: true }] : []),
        ]}
      >
        {(frame) =>
          drawing && (
            <Handles
              {...{ name, epochs, write, frame, drawing, values, isStartOnly: instead !== undefined }}
              onDraw={(to) => onChange(curveOf(to))}
            />
          )
        }
      </Chart>
      {drawing === undefined && (
        <p class="small">This curve was written by hand: it is kept as it is, until another course is chosen.</p>
      )}
    </section>
  );
};

const textOf = (values: readonly number[], write: (value: number) => string): string => {
  const [first = 0, last = first] = [values[0], values.at(-1)];
  return `from ${write(first)} to ${write(last)}, at most ${write(values.reduce((a, b) => Math.max(a, b), 0))}`;
};
