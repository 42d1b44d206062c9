import type { Interval } from '../calibrate/intervals.ts';
import type { Choice, Curve } from './choice.ts';
import { rounded, within } from './frame.ts';

/** A schedule to begin with. */
export type Preset = {
  readonly name: string;
  /** Why somebody would want it, in a sentence. */
  readonly reason: string;
  readonly schedule: Pick<Choice['schedule'], 'strength' | 'probability'>;
};

/** Where nothing was measured: strengths that change images seen from near, and hardly ever their class. */
const UNMEASURED: Interval = [0.1, 0.3];

/**
 * Schedules that keep to the useful strengths.
 *
 * @param band The useful strengths, where they were measured.
 */
export const presetsFor = (epochs: number, band: Interval = UNMEASURED): Preset[] => {
  const [low, high] = band.map((strength) => rounded(strength)) as [number, number];
  const quarter = within(Math.round(epochs / 4), [2, Math.max(2, epochs)]);
  const tenth = within(Math.round(epochs / 10), [1, Math.max(1, epochs - 1)]);
  const preset = (name: string, reason: string, strength: Curve): Preset => ({
    ...{ name, reason, schedule: { strength, probability: 0.5 } },
  });
  const warmUp = preset('Warm-up', 'Grows from nothing over the first tenth, then stays.', ['warmUp', tenth, high]);
  return [
    preset('Steady', 'The same strength throughout: the first thing to try.', rounded((low + high) / 2)),
    preset('Rising', 'Near relatives at first, bolder ones once the classifier knows its classes.', [
      'ramp',
      low,
      high,
    ]),
    preset('Falling', 'Bold variants at first; the last epochs see almost the images themselves.', ['ramp', high, low]),
    preset('Soft rise', 'Rises along half a cosine: slow at both ends.', ['cosine', low, high]),
    preset('Waves', 'Up and down all through the run.', ['cyclic', low, high, quarter]),
    ...(epochs > 1 ? [warmUp] : []),
  ];
};
