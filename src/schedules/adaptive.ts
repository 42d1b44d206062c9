import * as v from 'valibot';
import { checkOptions, code, type OptionsOf, rule } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import type { Schedule } from './schedules.ts';

const finite = rule<number>(Number.isFinite, 'a finite number');

const adaptiveSchema = v.strictObject({
  /** What the measured number should be. */
  target: finite,
  /**
   * Measures after an epoch what is to reach the target, for example the gap between training and validation, or label
   * retention. The value rises while the measure is above the target, and falls while it is below.
   */
  measure: code<(epoch: number, logs: Readonly<Record<string, number>>) => number | Promise<number>>(),
  /** The value in the first epoch. @defaultValue 0 */
  start: v.optional(finite),
  /** What the value moves by after each epoch. @defaultValue 0.05 */
  step: v.optional(rule<number>((value) => Number.isFinite(value) && (value as number) > 0, 'above 0')),
  /** Bounds of the value. @defaultValue 0 */
  least: v.optional(finite),
  /** @defaultValue 1 */
  most: v.optional(finite),
});

/** @interface */
export type AdaptiveOptions = OptionsOf<typeof adaptiveSchema>;

/** A schedule that follows a measure. */
export type Adaptive = Schedule & {
  /** Measures and moves; `augment.callback()` and `augment.endEpoch` call it. @returns what was measured. */
  adapt(epoch: number, logs: Readonly<Record<string, number>>): Promise<number>;
  /** The value now: what a checkpoint keeps. */
  value(): number;
  restore(value: number): void;
};

/**
 * A strength or probability that moves towards a target after each epoch, by one step.
 *
 * @throws ArgumentError `unknown-option`, `bad-target`, `bad-step` and the like, `bad-adaptive`; and, when it adapts, for a measure that is not a number.
 * @see Karras et al. 2020, arXiv:2006.06676, section 3.1, which moves the probability of augmentation.
 */
export const adaptive = (options: AdaptiveOptions): Adaptive => {
  checkOptions('adaptive', adaptiveSchema, options);
  const { target, measure, start = 0, step = 0.05, least = 0, most = 1 } = options;
  if (!(least <= start && start <= most))
    throw bad(`start must lie between least and most, ${least} and ${most}; got ${start}`);
  let value = start;
  const follow = (): number => value;
  return Object.assign(follow, {
    async adapt(epoch: number, logs: Readonly<Record<string, number>>) {
      const measured = await measure(epoch, logs);
      if (!Number.isFinite(measured)) throw bad(`measure must return a number, got ${measured} after epoch ${epoch}`);
      value = Math.min(most, Math.max(least, value + step * Math.sign(measured - target)));
      return measured;
    },
    value: () => value,
    restore(kept: number) {
      if (!(least <= kept && kept <= most))
        throw bad(`a kept value must lie between ${least} and ${most}, got ${kept}`);
      value = kept;
    },
  });
};

/** Whether a schedule follows a measure. */
export const isAdaptive = (schedule: unknown): schedule is Adaptive =>
  typeof schedule === 'function' && 'adapt' in schedule && 'restore' in schedule;

const bad = (rule: string): ArgumentError => new ArgumentError('bad-adaptive', `adaptive: ${rule}`);
