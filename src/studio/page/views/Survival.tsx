import { useMemo } from 'preact/hooks';
import { NO_BETTER, usefulBand } from '../../../calibrate/reach.ts';
import { survivedOf, usefulText } from '../../survival.ts';
import { usePlace } from '../place.ts';
import type { View } from '../studio.ts';
import { Distances } from './survival/Distances.tsx';
import { Kept } from './survival/Kept.tsx';
import { Lost } from './survival/Lost.tsx';
import { Measure } from './survival/Measure.tsx';
import { PerClass } from './survival/PerClass.tsx';
import { Seconds } from './survival/Seconds.tsx';
import { useSurvival } from './survival/useSurvival.ts';

/** How far images can be thrown before they lose their class, measured on this data set. */
export const Survival: View = ({ studio }) => {
  const { about, choice, choose } = studio;
  const survival = useSurvival(studio);
  const survived = useMemo(() => survivedOf(survival.points), [survival.points]);
  const { place, goTo } = usePlace();
  const { measure, schedule } = choice;
  const isAnything = survived.points.length > 0;
  const band = isAnything ? usefulBand(survived, measure) : undefined;
  const lost = survived.points.find(({ strength }) => String(strength) === place['lost']);
  const shown = { studio, survived, band };
  return (
    <>
      <Measure studio={studio} survival={survival} />
      <div class="useful">
        <p>
          <strong>{isAnything ? usefulText(survived, measure) : 'Nothing is measured yet.'}</strong>
          {isAnything && !survival.isWhole && ' So far: not all strengths are measured.'}
        </p>
        <button
          type="button"
          disabled={band === undefined}
          onClick={() => band && choose({ schedule: { ...schedule, strength: ['ramp', ...band.map(toHundredths)] } })}
        >
          Rise through these in the schedule
        </button>
      </div>
      <p class="small">For augmentation: {NO_BETTER}.</p>
      <Kept {...shown} open={lost?.strength} onOpen={(strength) => goTo({ ...place, lost: String(strength) })} />
      {lost && (
        <Lost
          key={lost.strength}
          {...{ about, choice, strength: lost.strength }}
          onClose={() => {
            const { lost: _, ...rest } = place;
            goTo(rest);
          }}
        />
      )}
      <div class="pair">
        <Distances {...shown} />
        <Seconds {...shown} />
      </div>
      <PerClass {...shown} />
    </>
  );
};

const toHundredths = (strength: number): number => Number(strength.toFixed(2));
