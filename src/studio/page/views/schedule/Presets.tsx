import type { Interval } from '../../../../calibrate/intervals.ts';
import { presetsFor } from '../../../presets.ts';
import type { Studio } from '../../studio.ts';

export type PresetsProps = { readonly studio: Studio; readonly band: Interval | undefined };

/** Schedules to begin with; they keep to the useful strengths where these were measured. */
export const Presets = ({ studio: { choice, choose }, band }: PresetsProps) => {
  const { schedule } = choice;
  const chosen = JSON.stringify(schedule.strength);
  return (
    <fieldset class="presets">
      <legend>Begin with</legend>
      <div>
        {presetsFor(schedule.epochs, band).map(({ name, reason, schedule: preset }) => (
          <button
            key={name}
            type="button"
            title={reason}
            aria-pressed={JSON.stringify(preset.strength) === chosen}
            onClick={() => {
              const { adaptive: _, ...rest } = schedule;
              choose({ schedule: { ...rest, ...preset, bank: 0 } });
            }}
          >
            {name}
            <small>{reason}</small>
          </button>
        ))}
      </div>
    </fieldset>
  );
};
