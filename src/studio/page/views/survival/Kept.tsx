import type { Interval } from '../../../../calibrate/intervals.ts';
import type { SurvivalPoint } from '../../../api.ts';
import { type Frame, rounded, toPixels, within } from '../../../frame.ts';
import { bandText, countsOf, ofClass, percent, type survivedOf } from '../../../survival.ts';
import { Chart } from '../../parts/Chart.tsx';
import { NumberField, SelectField } from '../../parts/Field.tsx';
import { className } from '../../parts/Thumbnail.tsx';
import { usePlace } from '../../place.ts';
import type { Studio } from '../../studio.ts';
import { LevelGrip } from './LevelGrip.tsx';
import { strengthAxis } from './strengthAxis.ts';

export type SurvivedProps = {
  readonly studio: Studio;
  readonly survived: ReturnType<typeof survivedOf>;
  readonly band: Interval | undefined;
};

type KeptProps = SurvivedProps & {
  /** The strength whose lost variants are shown. */
  readonly open: number | undefined;
  readonly onOpen: (strength: number) => void;
};

/** The share of labels kept over strength, of all classes or of one, and the share that is asked for. */
export const Kept = ({ studio, survived, band, open, onOpen }: KeptProps) => {
  const { about, choice, choose } = studio;
  const { measure } = choice;
  const { place, goTo } = usePlace();
  const counts = survived.points[0] ? countsOf(survived.points[0]) : new Map<number, number>();
  const label = [...counts.keys()].find((own) => String(own) === place['class']);
  const all = [...(survived.roundTrip ? [survived.roundTrip] : []), ...survived.points];
  const points = label === undefined ? all : all.map((point) => ofClass(point, label));
  const name = label === undefined ? 'all classes' : className(about, label);
  const setTarget = (target: number): void =>
    choose({ measure: { ...measure, target: within(rounded(target), [0.01, 0.99]) } });
  const useful = band ? `, useful strengths ${bandText(band)}` : '';
  return (
    <section class="kept">
      <div class="fields">
        <NumberField
          label="Labels to keep, in %"
          hint="Or drag the line"
          value={rounded(100 * measure.target)}
          {...{ min: 1, max: 99, step: 1 }}
          onChange={(share) => setTarget(share / 100)}
        />
        <SelectField
          label="Classes"
          value={label === undefined ? '' : String(label)}
          options={[
            { value: '', text: 'all' },
            ...about.data.classes
              .filter((each) => counts.has(each.label))
              .map((each) => ({ value: String(each.label), text: `${each.name} (${counts.get(each.label)})` })),
          ]}
          hint="How many were measured"
          onChange={(value) => {
            const { class: _, ...rest } = place;
            goTo(value === '' ? rest : { ...rest, class: value });
          }}
        />
      </div>
      <Chart
        title="Variants that keep their label, with the 95 % interval"
        text={keptText(points, name)}
        x={strengthAxis(survived.points)}
        y={{ label: `labels kept, ${name}`, domain: [0, 1], format: percent }}
        series={[{ name: 'labels kept', look: 1, points: points.map(pointOf) }]}
        height={320}
        {...{ band }}
      >
        {(frame) => (
          <>
            <LevelGrip
              {...{ frame, level: measure.target, step: 0.01 }}
              label="Labels to keep"
              text={`keep ${percent(measure.target)}`}
              spoken={`${percent(measure.target)}${useful}`}
              onMove={setTarget}
            />
            {!about.isStatic &&
              points
                .filter(({ roundTrip }) => !roundTrip)
                .map((point) => (
                  <Opener key={point.strength} {...{ frame, point, isOpen: open === point.strength, onOpen }} />
                ))}
          </>
        )}
      </Chart>
      {label !== undefined && (
        <p class="small">
          The useful strengths, the distances and the seconds below stay those of all images, not of {name} alone.
        </p>
      )}
      {points.length > 0 && !about.isStatic && (
        <p class="small">Click a point, or press Enter on it, to see variants that lost their label there.</p>
      )}
    </section>
  );
};

const pointOf = ({ strength, retention }: SurvivalPoint) => ({
  ...{ x: strength, y: retention.mean, low: retention.interval[0], high: retention.interval[1] },
});

const keptText = (points: readonly SurvivalPoint[], name: string): string => {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 'No curve yet: nothing is measured.';
  const at = ({ strength, retention }: SurvivalPoint): string => `${percent(retention.mean)} at strength ${strength}`;
  return `Labels kept of ${name} by strength: from ${at(first)} to ${at(last)}.`;
};

type OpenerProps = {
  readonly frame: Frame;
  readonly point: SurvivalPoint;
  readonly isOpen: boolean;
  readonly onOpen: (strength: number) => void;
};

/** A point of the curve that opens what was lost there. */
const Opener = ({ frame, point: { strength, retention }, isOpen, onOpen }: OpenerProps) => {
  const { x, y } = toPixels(frame, { x: strength, y: retention.mean });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button of HTML cannot stand in a drawing
    <g
      class="mark"
      role="button"
      tabindex={0} // in SVG, names of attributes keep their case
      aria-label={`Strength ${strength}: ${percent(retention.mean)} keep their label. Show those that lost it`}
      aria-expanded={isOpen}
      transform={`translate(${x} ${y})`}
      onClick={() => onOpen(strength)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onOpen(strength);
      }}
    >
      <circle class="reach" r="12" />
      <circle class="ring" r="7" />
    </g>
  );
};
