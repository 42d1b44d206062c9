import { useState } from 'preact/hooks';
import type { About } from '../../api.ts';
import { FaultLine } from '../parts/FaultLine.tsx';
import { machineText } from '../parts/machine.ts';
import type { PictureProps } from '../parts/Picture.tsx';
import { Segmented } from '../parts/Segmented.tsx';
import type { Studio, View } from '../studio.ts';
import { Rows } from './strength/Rows.tsx';
import { useVariants, type Variants } from './strength/useVariants.ts';
import { Way } from './strength/Way.tsx';
import { Where } from './strength/Where.tsx';

/** What a strength makes of the picked images. */
export const Strength: View = ({ studio }) => {
  const variants = useVariants(studio);
  const [reveal, setReveal] = useState<PictureProps['reveal']>('difference');
  const isEmpty = studio.choice.images.length === 0;
  return (
    <>
      <div class="panel">
        <Where studio={studio} />
      </div>
      <Way studio={studio} />
      {variants.fault && <FaultLine fault={variants.fault} />}
      <div class="told">
        <Cost {...{ studio, variants }} />
        <Segmented
          label="Point at a variant to see"
          value={reveal}
          segments={[
            { value: 'difference', text: 'What changed' },
            { value: 'original', text: 'The original' },
          ]}
          onChange={setReveal}
        />
      </div>
      {isEmpty ? (
        <p class="empty">Pick an image, or let some be picked for you: their variants appear here.</p>
      ) : (
        <Rows {...{ studio, reveal, rows: variants.rows, isBusy: variants.isBusy }} />
      )}
      <p class="small">
        The number below a variant is its distance: how far its pixels are from those of its original, from 0 to 1 (root
        mean square). Nearest first.
      </p>
    </>
  );
};

type CostProps = { readonly studio: Studio; readonly variants: Variants };

/** What it costs, as it was measured last, and how far the work is. */
const Cost = ({ studio: { about, choice }, variants: { made, isBusy, secondsPerThousand } }: CostProps) => {
  const expected = choice.images.length * choice.variants;
  return (
    <div class="cost">
      <p class="number">{costText(about, secondsPerThousand, isBusy)}</p>
      <p class="small number" role="status">
        {isBusy ? `Making variants: ${made} of ${expected}` : `${made} variants, computed by ${about.model.computedBy}`}
      </p>
    </div>
  );
};

const costText = (about: About, seconds: number | undefined, isBusy: boolean): string => {
  if (seconds !== undefined) return `1,000 of these take about ${durationText(seconds)} ${machineText(about)}.`;
  return isBusy
    ? 'How long they take is measured while they are made.'
    : 'Nothing had to be computed, so nothing was timed.';
};

/** Seconds as people say them. */
const durationText = (seconds: number): string => {
  if (seconds < 10) return `${seconds.toPrecision(2)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
};
