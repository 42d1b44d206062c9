import type { Curve } from '../../../choice.ts';
import {
  CURVE_KINDS,
  type CurveKind,
  curveOf,
  type Drawing,
  drawingOf,
  drawnAs,
  MOST_FREE,
  valuesOf,
  withSteps,
} from '../../../drawing.ts';
import { NumberField, SelectField } from '../../parts/Field.tsx';

export type CurveFieldsProps = {
  readonly name: string;
  readonly curve: Curve;
  readonly epochs: number;
  /** The curve taken apart, if it can be. */
  readonly drawing: Drawing | undefined;
  readonly onChange: (curve: Curve) => void;
};

const KINDS: Readonly<Record<CurveKind, string>> = {
  constant: 'the same throughout',
  ramp: 'a straight line',
  cosine: 'a soft line (cosine)',
  cyclic: 'waves (cyclic)',
  stepwise: 'steps',
  perEpoch: 'free points',
};

/** What kind of curve it is, and what handles cannot say. */
export const CurveFields = ({ name, curve, epochs, drawing, onChange }: CurveFieldsProps) => {
  const draw = (next: Drawing): void => onChange(curveOf(next));
  const kinds = CURVE_KINDS.filter((kind) => kind !== 'perEpoch' || epochs <= MOST_FREE);
  const other = drawing ? [] : [{ value: 'other', text: String((curve as unknown[])[0]) }];
  return (
    <div class="fields">
      <SelectField
        label={`Course of the ${name}`}
        value={drawing?.kind ?? 'other'}
        options={[...other, ...kinds.map((kind) => ({ value: kind, text: KINDS[kind] }))]}
        onChange={(kind) => {
          const from = drawing ?? (drawingOf(valuesOf(curve, epochs)[0] ?? 0) as Drawing);
          draw(drawnAs(from, kind as CurveKind, epochs));
        }}
      />
      {drawing && (
        <NumberField
          label="Warm-up, in epochs"
          hint="Grows from 0 until then"
          value={drawing.warmUp}
          {...{ min: 0, max: Math.max(0, epochs - 1), step: 1 }}
          onChange={(warmUp) => draw({ ...drawing, warmUp })}
        />
      )}
      {drawing?.kind === 'cyclic' && (
        <NumberField
          label="Epochs of a wave"
          value={drawing.period}
          {...{ min: 2, max: Math.max(2, epochs), step: 1 }}
          onChange={(period) => draw({ ...drawing, period })}
        />
      )}
      {drawing?.kind === 'stepwise' && (
        <NumberField
          label="Steps"
          value={drawing.values.length}
          {...{ min: 1, max: Math.min(20, Math.max(1, epochs)), step: 1 }}
          onChange={(count) => draw(withSteps(drawing, count))}
        />
      )}
    </div>
  );
};
