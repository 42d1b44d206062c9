import type * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import type { StrengthSpec } from '../noise/strength.ts';
import { type SeedPath, uniform } from '../random.ts';
import {
  configOf,
  type EpochPoint,
  needed,
  type Schedule,
  type ScheduleConfig,
  scheduleFrom,
  valueAt,
} from './schedules.ts';

/** A strength, or a choice of strengths from which each image draws one by its address: a range, or a list. */
export type StrengthChoice = StrengthSpec | { readonly from: number; readonly to: number } | readonly StrengthSpec[];

/** A point in a run, and an image of it. */
export type ImagePoint = EpochPoint & {
  readonly element: tf.TensorContainer;
  /** The class of the image, if the augmenter was told where labels are. */
  readonly label: number | undefined;
};

/** A choice for every image and epoch; or a function of progress, with epoch, element and label at hand. */
export type Strength = StrengthChoice | Schedule | ((progress: number, at: ImagePoint) => StrengthChoice);

type ByClass = ((progress: number, at: ImagePoint) => StrengthChoice) & { readonly config?: ScheduleConfig };

/**
 * A strength for each class.
 *
 * @param table by label.
 * @param otherwise for labels that are not in the table.
 * @throws ArgumentError `no-labels` when an image comes without one.
 */
export const byClass = (table: Readonly<Record<number, number | Schedule>>, otherwise: number | Schedule): ByClass => {
  const follow = (_: number, at: ImagePoint): StrengthChoice => {
    if (at.label !== undefined) return valueAt(table[at.label] ?? otherwise, at);
    throw new ArgumentError(
      'no-labels',
      'byClass needs the class of each image; say where it is with { labels: "ys" }',
    );
  };
  const configs = Object.entries(table).map(([label, one]) => [label, configOf(one)] as const);
  const isWritten = [...configs.map(([, config]) => config), configOf(otherwise)].every((one) => one !== undefined);
  return isWritten
    ? Object.assign(follow, { config: ['byClass', Object.fromEntries(configs), configOf(otherwise)] as const })
    : follow;
};

/** What the config of `byClass` stands for. */
export const byClassFrom = ([, table, otherwise]: readonly unknown[]): ByClass => {
  const entries = Object.entries(table as Readonly<Record<string, unknown>>);
  return byClass(
    Object.fromEntries(entries.map(([label, one]) => [label, scheduleFrom(one)])),
    scheduleFrom(otherwise),
  );
};

/** The strength of one image; what is left to chance is drawn at `path`. */
export const strengthOf = (strength: Strength, at: ImagePoint, path: SeedPath): StrengthSpec => {
  const choice = typeof strength === 'function' ? needed(strength(at.progress, at), at) : strength;
  if (typeof choice === 'number') return choice;
  if (Array.isArray(choice)) {
    const picked = choice[Math.floor(uniform(path) * choice.length)];
    if (picked !== undefined) return picked;
    throw new ArgumentError('bad-strength', 'a list of strengths must not be empty');
  }
  if (!('from' in choice)) return choice as StrengthSpec;
  if (choice.from >= 0 && choice.from <= choice.to && choice.to <= 1) {
    return choice.from + (choice.to - choice.from) * uniform(path);
  }
  const got = JSON.stringify(choice);
  throw new ArgumentError('bad-strength', `a range of strengths needs 0 <= from <= to <= 1, got ${got}`);
};
