import { useState } from 'preact/hooks';
import { USUAL } from '../../../choice.ts';
import { shownEpochs } from '../../../drawing.ts';
import { timeText } from '../../../runTime.ts';
import { withChoice } from '../../ask.ts';
import { useSpeed } from '../../measured.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Picture } from '../../parts/Picture.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { isSmall, Thumbnail } from '../../parts/Thumbnail.tsx';
import { useRoving } from '../../roving.ts';
import type { Studio } from '../../studio.ts';
import { useSettled } from '../../useSettled.ts';
import { type Epochs, epochKey, useEpochs } from './useEpochs.ts';

/** How often other variants are asked for while a curve is drawn, in milliseconds. */
const SETTLE_MS = 400;
/** Longer work is begun only by its button. */
const MOST_UNASKED_SECONDS = 30;

export type PreviewProps = {
  readonly studio: Studio;
  /** The strength in each epoch. */
  readonly strengths: readonly number[];
};

/** The picked images in some epochs of the run. */
export const Preview = ({ studio, strengths }: PreviewProps) => {
  const { about, choice } = studio;
  const { images, seed, way, schedule } = choice;
  const [isEvery, setEvery] = useState(true);
  const [isAsked, setAsked] = useState(false);
  const epochs = shownEpochs(schedule.epochs);
  const seconds = (useSpeed(about, choice) ?? (isSmall(about) ? 0 : Number.NaN)) * images.length * epochs.length;
  const isLight = seconds <= MOST_UNASKED_SECONDS || about.isStatic;
  const shown = isEvery ? { ...schedule, probability: 1 } : schedule;
  const asked =
    images.length > 0 && (isLight || isAsked)
      ? withChoice('api/epochs', { ...USUAL, images, seed, way, schedule: shown })
      : undefined;
  const made = useEpochs(studio, useSettled(asked, SETTLE_MS));
  return (
    <section class="preview" aria-label="Variants over the run">
      <div class="told">
        <h2>What becomes of your images over the run</h2>
        <Segmented
          label="Show"
          value={isEvery ? 'every' : 'run'}
          segments={[
            { value: 'every', text: 'each image changed' },
            { value: 'run', text: 'only those whose turn it is' },
          ]}
          onChange={(value) => setEvery(value === 'every')}
        />
      </div>
      {made.fault && <FaultLine fault={made.fault} />}
      {images.length === 0 ? (
        <p class="empty">Pick an image, or let some be picked for you: their variants appear here.</p>
      ) : isLight || isAsked ? (
        <Grid {...{ studio, epochs, strengths, made }} />
      ) : (
        <p class="empty">
          <button type="button" onClick={() => setAsked(true)}>
            Make {images.length * epochs.length} variants{Number.isNaN(seconds) ? '' : `, about ${timeText(seconds)}`}
          </button>
        </p>
      )}
    </section>
  );
};

type GridProps = PreviewProps & { readonly epochs: readonly number[]; readonly made: Epochs };

const Grid = ({ studio: { about, choice }, epochs, strengths, made }: GridProps) => {
  const { tabIndexOf, onFocusOf, onKeyDown } = useRoving();
  const [held, setHeld] = useState<number>();
  return (
    <div
      class="epochs"
      role="toolbar"
      aria-label="Variants by epoch; arrow keys go from one to the next"
      aria-busy={made.isBusy}
      onKeyDown={onKeyDown}
    >
      <p class="small">original</p>
      {Array.from({ length: 5 }, (_, n) => {
        const epoch = epochs[n];
        return epoch === undefined ? (
          <p key={`none ${n}`} />
        ) : (
          <p class="small number" key={epoch}>
            epoch {epoch + 1}
            <br />
            <b>{(strengths[epoch] ?? 0).toFixed(2)}</b>
          </p>
        );
      })}
      {choice.images.map((image, row) => (
        <>
          <span class="original" key={`original ${image}`}>
            <Thumbnail about={about} image={image} alt={`Image ${image}, as it is`} />
          </span>
          {Array.from({ length: 5 }, (_, n) => {
            const epoch = epochs[n];
            if (epoch === undefined) return <span key={`${image} none ${n}`} />;
            const one = made.shown.get(epochKey({ image, epoch }));
            const index = row * epochs.length + n;
            const caption = one?.variant.strength === 0 ? 'as it is' : (one?.variant.distance.toFixed(3) ?? '');
            return (
              <Picture
                key={`${image} ${epoch}`}
                {...{ about, variant: one?.variant, isStale: one?.isStale ?? false, reveal: 'original' }}
                label={`Image ${image} in epoch ${epoch + 1}: ${caption}`}
                caption={caption}
                isHeld={held === index}
                onHold={() => setHeld(held === index ? undefined : index)}
                tabIndex={tabIndexOf(index)}
                onFocus={() => onFocusOf(index)}
              />
            );
          })}
        </>
      ))}
    </div>
  );
};
