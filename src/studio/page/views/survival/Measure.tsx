import { useState } from 'preact/hooks';
import type { Done, Fault } from '../../../api.ts';
import { USUAL } from '../../../choice.ts';
import { timeText } from '../../../runTime.ts';
import { STRENGTHS, variantsToMeasure } from '../../../survival.ts';
import { withChoice } from '../../ask.ts';
import { keepSpeed, useSpeed } from '../../measured.ts';
import { useEvents } from '../../parts/events.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { NumberField } from '../../parts/Field.tsx';
import type { Studio } from '../../studio.ts';
import type { Survival } from './useSurvival.ts';

export type MeasureProps = { readonly studio: Studio; readonly survival: Survival };

/** How much is measured, what that takes, and the button that begins it. */
export const Measure = ({ studio, survival }: MeasureProps) => {
  const { about, choice, choose } = studio;
  const { measure } = choice;
  const { isRunning, isWhole, stage, fault } = survival;
  const change = (part: Partial<typeof measure>): void => choose({ measure: { ...measure, ...part } });
  if (about.isStatic) {
    if (fault) return <FaultLine fault={fault} />;
    const of = `${survival.points[0]?.labels.length ?? 0} images, ${measure.variants} variants of each`;
    return (
      <p class="small">{isWhole ? `Measured before, with ${of} at every strength.` : 'Reading what was measured.'}</p>
    );
  }
  return (
    <div class="panel measure">
      <div class="fields">
        <NumberField
          label="Images to measure"
          hint="More make it surer"
          value={measure.images}
          {...{ min: 10, max: 5000, step: 1 }}
          onChange={(images) => change({ images })}
        />
        <NumberField
          label="Variants of each"
          hint="At every strength"
          value={measure.variants}
          {...{ min: 2, max: 16, step: 1 }}
          onChange={(variants) => change({ variants })}
        />
      </div>
      <Few {...{ about, images: measure.images }} />
      <Price {...{ studio, isWhole }} />
      <div class="run">
        {isRunning ? (
          <button type="button" onClick={survival.stop}>
            Stop
          </button>
        ) : (
          <button type="button" class={isWhole ? undefined : 'main'} disabled={isWhole} onClick={survival.start}>
            {isWhole ? 'Measured' : survival.points.length > 0 ? 'Go on' : 'Measure'}
          </button>
        )}
        <progress max={1} value={isRunning ? (stage?.share ?? 0) : isWhole ? 1 : 0} aria-label="Measured so far" />
        <p class="small" role="status">
          {isRunning ? (stage?.text ?? 'Beginning') : isWhole ? 'All strengths are measured.' : ''}
        </p>
      </div>
      {fault && <FaultLine fault={fault} />}
    </div>
  );
};

type FewProps = { readonly about: Studio['about']; readonly images: number };

/** Says where there are fewer images to measure than asked for. */
const Few = ({ about: { data }, images }: FewProps) =>
  images > data.heldOut ? (
    <p role="status">
      At most {data.heldOut.toLocaleString('en')} can be measured: of {data.count.toLocaleString('en')} images only{' '}
      these are held out, so that no classifier learns from them.
    </p>
  ) : null;

type PriceProps = { readonly studio: Studio; readonly isWhole: boolean };

/** What measuring costs beforehand: a time once a variant was made on this machine, else the way to find out. */
const Price = ({ studio: { about, choice }, isWhole }: PriceProps) => {
  const seconds = useSpeed(about, choice);
  const [probe, setProbe] = useState<string>();
  const [fault, setFault] = useState<Fault>();
  useEvents<{ readonly type: 'done'; readonly data: Done }>(probe, (event) => {
    if (event.type === 'fault') setFault(event.data);
    if (event.type === 'done' && event.data.secondsPerThousand !== undefined) {
      keepSpeed(about, choice, event.data.secondsPerThousand / 1000);
    }
    if (event.type === 'done' || event.type === 'fault') setProbe(undefined);
  });
  const variants = variantsToMeasure(choice.measure, about.data.heldOut);
  const what = `At most ${variants.toLocaleString('en')} variants, at ${STRENGTHS.length} strengths`;
  if (seconds !== undefined || isWhole) {
    return (
      <p>{seconds === undefined ? `${what}.` : `${what}: about ${timeText(variants * seconds)} on this machine.`}</p>
    );
  }
  const images = [choice.images[0] ?? 0];
  const seed = `probe ${crypto.randomUUID()}`; // one that is not kept, since what is kept tells no time
  const tried = { ...USUAL, way: choice.way, images, variants: 2, seed };
  return (
    <div>
      <p>
        {what}.{' '}
        <button
          type="button"
          disabled={probe !== undefined}
          onClick={() => setProbe(withChoice('api/variants', tried))}
        >
          {probe === undefined ? 'How long? Try two' : 'Trying two'}
        </button>
      </p>
      {fault && <FaultLine fault={fault} />}
    </div>
  );
};
