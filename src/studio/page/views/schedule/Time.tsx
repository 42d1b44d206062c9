import type { SurvivalPoint } from '../../../api.ts';
import { valuesOf } from '../../../drawing.ts';
import { runTimeOf, timeText } from '../../../runTime.ts';
import { useSpeed } from '../../measured.ts';
import { machineText } from '../../parts/machine.ts';
import type { Studio } from '../../studio.ts';

export type TimeProps = { readonly studio: Studio; readonly points: readonly SurvivalPoint[] };

/** What the variants of a run take on this machine. */
export const Time = ({ studio: { about, choice }, points }: TimeProps) => {
  const { schedule, strength } = choice;
  const speed = useSpeed(about, choice);
  const measured = points.length > 0 ? points : speed === undefined ? [] : [{ strength, secondsPerVariant: speed }];
  const { variants, seconds, isOnce } = runTimeOf(schedule, about.data.count, measured);
  const isNothing = (valuesOf(schedule.strength, schedule.epochs)[0] ?? 0) === 0 && isOnce;
  const count = Math.round(variants).toLocaleString('en');
  const time = Number.isNaN(seconds) ? '' : `: about ${timeText(seconds)} ${machineText(about)}`;
  return (
    <div class="time">
      <p>
        <strong>
          {isNothing
            ? 'Nothing would be changed: the strength is 0 in the first epoch, and a bank stays there.'
            : `${count} variants ${isOnce ? 'once' : 'in all'}${time}.`}
        </strong>
      </p>
      <p class="small">
        {about.data.count.toLocaleString('en')} images,{' '}
        {isOnce
          ? `${schedule.bank} variants of each`
          : `${schedule.epochs} epochs, and in each the share of images that is drawn below`}
        .{time === '' ? ' The time is known once a variant was made: pick an image, or measure what survives.' : ''}
      </p>
    </div>
  );
};
