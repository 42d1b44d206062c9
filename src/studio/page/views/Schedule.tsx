import { useMemo } from 'preact/hooks';
import type { Interval } from '../../../calibrate/intervals.ts';
import { usefulBand } from '../../../calibrate/reach.ts';
import { type Choice, USUAL } from '../../choice.ts';
import { curveFault, drawingOf, MOST_FREE, stretched, valuesOf } from '../../drawing.ts';
import { within } from '../../frame.ts';
import { bandText, percent, survivedOf } from '../../survival.ts';
import { useSurvivalPoints } from '../measured.ts';
import { FaultLine } from '../parts/FaultLine.tsx';
import { NumberField } from '../parts/Field.tsx';
import type { Series } from '../parts/series.ts';
import type { Studio, View } from '../studio.ts';
import { CurveEditor } from './schedule/CurveEditor.tsx';
import { Making } from './schedule/Making.tsx';
import { Presets } from './schedule/Presets.tsx';
import { Preview } from './schedule/Preview.tsx';
import { Time } from './schedule/Time.tsx';

/** Strength and chance over the epochs of a run. */
export const Schedule: View = ({ studio }) => {
  const { choice, choose } = studio;
  const { schedule } = choice;
  const { epochs, strength, probability } = schedule;
  const wrong = curveFault(strength, epochs) ?? curveFault(probability, epochs);
  if (wrong === undefined) return <Drawn studio={studio} />;
  return (
    <>
      <FaultLine fault={{ code: 'bad-schedule', message: wrong }} />
      <p>
        <button type="button" onClick={() => choose({ schedule: USUAL.schedule })}>
          Begin with another schedule
        </button>
      </p>
    </>
  );
};

const Drawn = ({ studio }: { readonly studio: Studio }) => {
  const { about, choice, choose } = studio;
  const { schedule, measure } = choice;
  const { epochs, strength, probability } = schedule;
  const points = useSurvivalPoints(about, choice);
  const survived = useMemo(() => survivedOf(points), [points]);
  const band = survived.points.length > 0 ? usefulBand(survived, measure) : undefined;
  const change = (part: Partial<Choice['schedule']>): void => choose({ schedule: { ...schedule, ...part } });
  const isFree = [strength, probability].some((curve) => drawingOf(curve)?.kind === 'perEpoch');
  const instead = insteadOf(schedule);
  const strengths = instead ? instead.points.map(({ y }) => y) : valuesOf(strength, epochs);
  return (
    <>
      <div class="panel begin">
        <Presets {...{ studio, band }} />
        <NumberField
          label="Epochs of the run"
          hint={isFree ? `Free points reach to ${MOST_FREE}` : 'Passes over all images'}
          value={epochs}
          {...{ min: 1, max: isFree ? MOST_FREE : 10_000, step: 1 }}
          onChange={(to) =>
            change({
              epochs: to,
              strength: stretched(strength, epochs, to),
              probability: stretched(probability, epochs, to),
            })
          }
        />
      </div>
      <Making studio={studio} />
      <Time {...{ studio, points: survived.points }} />
      <div class="pair">
        <CurveEditor
          title="Strength: how far images are thrown"
          name="strength"
          curve={strength}
          {...{ epochs, instead, stripe: band, look: 1, write: (value) => value.toFixed(2) }}
          onChange={(curve) => change({ strength: curve })}
        />
        <CurveEditor
          title="Chance that an image is changed (probability)"
          name="chance"
          curve={probability}
          {...{ epochs, look: 3, write: percent }}
          onChange={(curve) => change({ probability: curve })}
        />
      </div>
      <p class="small">
        {bandNote(band, survived.points.length > 0)} Drag the handles, or move them with the arrow keys.
      </p>
      <Preview {...{ studio, strengths }} />
    </>
  );
};

const bandNote = (band: Interval | undefined, isMeasured: boolean): string => {
  if (band) return `Shaded: the useful strengths, ${bandText(band)}, as they were measured.`;
  if (isMeasured) return 'No strength was found useful: What survives says why.';
  return 'Which strengths are useful shows here once they are measured: see What survives.';
};

/** What the strength is where only the beginning of its curve counts: it stays there, or may move away by steps. */
const insteadOf = ({ epochs, strength, adaptive, bank }: Choice['schedule']): Series | undefined => {
  if (!adaptive && bank === 0) return undefined;
  const start = valuesOf(strength, epochs)[0] ?? 0;
  const reach = (epoch: number) => ({
    low: within(start - epoch * (adaptive?.step ?? 0), [0, 1]),
    high: within(start + epoch * (adaptive?.step ?? 0), [0, 1]),
  });
  return {
    name: adaptive ? 'from here on it follows the labels, within this' : 'of the bank',
    look: 1,
    points: Array.from({ length: epochs }, (_, x) => ({ x, y: start, ...(adaptive ? reach(x) : {}) })),
  };
};
