import type { About, Place } from '../../../api.ts';
import { Slider } from '../../parts/Slider.tsx';
import type { Studio } from '../../studio.ts';

/** How far images are thrown: a slider, and the same place by its other names. */
export const Where = ({ studio: { about, choice, choose } }: { readonly studio: Studio }) => {
  const { strength } = choice;
  const percent = `${Math.round(100 * strength)} %`;
  const place = nearestPlace(about.model.places, strength);
  return (
    <div class="where">
      <Slider
        label="Strength"
        text={percent}
        {...stopsOf(about, strength)}
        onChange={(value) => choose({ strength: about.measured?.strengths[value] ?? value })}
        hint={hintOf(about)}
      />
      <dl>
        <Named name="Share of the way into noise" short="share" value={percent} />
        <Named name="Timestep of the noise schedule" short="timestep" value={place ? String(place.timestep) : '–'} />
        <Named name="Standard deviation of the noise" short="σ" value={place ? place.sigma.toPrecision(3) : '–'} />
        <Named
          name="Signal to noise ratio"
          short="SNR"
          value={place?.snrDb == null ? '∞' : `${place.snrDb.toFixed(1).replace('-', '−')} dB`}
        />
      </dl>
    </div>
  );
};

const hintOf = ({ measured }: About): string =>
  measured === undefined
    ? '0 % gives each image back as it is; 100 % begins from noise alone, and keeps nothing of it.'
    : `Measured at ${measured.strengths.map((strength) => `${Math.round(100 * strength)} %`).join(', ')}.`;

/** All strengths, or the places of those that were measured among each other. */
const stopsOf = ({ measured }: About, strength: number) =>
  measured === undefined
    ? { value: strength, min: 0, max: 1, step: 0.01 }
    : { value: nearestStop(measured.strengths, strength), min: 0, max: measured.strengths.length - 1, step: 1 };

const nearestStop = (strengths: readonly number[], strength: number): number =>
  strengths.reduce((best, one, n) => {
    const distance = Math.abs((strengths[best] as number) - strength);
    return Math.abs(one - strength) < distance ? n : best;
  }, 0);

type NamedProps = { readonly name: string; readonly short: string; readonly value: string };

const Named = ({ name, short, value }: NamedProps) => (
  <div title={name}>
    <dt>
      <span class="unseen">{name}, </span>
      {short}
    </dt>
    <dd class="number">{value}</dd>
  </div>
);

const nearestPlace = (places: readonly Place[], strength: number): Place | undefined =>
  places.reduce<Place | undefined>(
    (best, place) => (best && Math.abs(best.strength - strength) <= Math.abs(place.strength - strength) ? best : place),
    undefined,
  );
