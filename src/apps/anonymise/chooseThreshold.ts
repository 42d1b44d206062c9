import { ArgumentError } from '../../errors.ts';
import { type Measured, recognisedIn, type Sample } from './choose.ts';
import { isFarEnough } from './farEnough.ts';
import type { Aim } from './letGo.ts';
import type { Looked } from './look.ts';
import { thresholdsAt } from './verification.ts';

/** How strict each image is treated, from the loosest on: shares of pairs of strangers that look more alike than a copy and its original may. */
const LEVELS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9] as const;

export type Choosing = {
  readonly measured: readonly Measured[];
  readonly sample: Sample;
  readonly target: number;
};

/**
 * The loosest threshold at which the target is met. Images go as far as the threshold asks; whether they are recognised
 * there is looked up in other copies of theirs, thrown as far: the copies by which one was told to stop look less like
 * their originals than others do, since that is why it stopped.
 *
 * @throws ArgumentError `target-not-met`; `too-few-people` where no threshold is known.
 */
export const chooseThreshold = async (looked: Looked, { measured, sample, target }: Choosing): Promise<Aim> => {
  const rising = [...measured].sort((a, b) => a.point.strength - b.point.strength);
  const groups = sample.places.map((place) => looked.people[place] as number);
  const thresholds = await thresholdsAt(looked.embedded, looked.people, LEVELS);
  let least = 1;
  for (const [k, threshold] of thresholds.entries()) {
    if (threshold === undefined) continue;
    const { risk } = recognisedIn(othersAt(rising, threshold, groups.length), groups, `level ${LEVELS[k]}`);
    if (risk <= target) return { threshold, level: LEVELS[k] as number, risk };
    least = Math.min(least, risk);
  }
  if (thresholds.every((threshold) => threshold === undefined)) {
    const rule = 'there are too few pairs of different people to know how alike strangers look';
    throw new ArgumentError('too-few-people', `${rule}; add images, or choose for the set as a whole`);
  }
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const rule = `however far each image goes, up to ${rising.at(-1)?.point.strength}, re-identification is not kept below ${percent(target)}`;
  const remedy = 'try higher strengths, more people, another model, or a higher target';
  throw new ArgumentError(
    'target-not-met',
    `${rule}: the upper end of its interval is ${percent(least)} at best; ${remedy}`,
  );
};

/** The ranks of other copies, of each image at the strength at which it would stop; NaN where it would stop nowhere. */
const othersAt = (rising: readonly Measured[], threshold: number, count: number) => {
  const nowhere = (): Float32Array => new Float32Array(count).fill(Number.NaN);
  const [own, person] = [nowhere(), nowhere()];
  for (let n = 0; n < count; n += 1) {
    const stop = rising.find(({ copies }) => isFarEnough(copies.similarity[n], copies.own[n], threshold));
    if (stop?.others === undefined) continue;
    own[n] = stop.others.own[n] as number;
    person[n] = stop.others.person[n] as number;
  }
  return { own, person };
};
