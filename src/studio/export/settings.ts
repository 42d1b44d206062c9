import type { Model } from '../../models/model.ts';
import { adaptive } from '../../schedules/adaptive.ts';
import { pointAt, scheduleFrom, valueAt } from '../../schedules/schedules.ts';
import type { AugmentConfig } from '../../transforms/boomerang/augmentState.ts';
import { boomerangAugment } from '../../transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../transforms/boomerang/options.ts';
import type { Choice } from '../choice.ts';
import { curveCode, literal } from './curveCode.ts';

/** What a choice means for a model and its images. */
export type Meaning = {
  /** The label by which the model is told of each class of the data, where it is. */
  readonly told: readonly number[] | undefined;
  /** What `{class}` in a prompt stands for, where the model does not know. */
  readonly classes: readonly string[] | undefined;
};

/** An option of the augmenter: its value, the code that says it, and why it is there where that helps. */
export type Setting = {
  readonly name: keyof AugmentOptions;
  readonly value: unknown;
  readonly code: string;
  readonly why?: string;
};

export type Settings = {
  readonly options: readonly Setting[];
  /** Functions of the library that their code calls. */
  readonly imports: readonly string[];
};

/**
 * The options of `boomerangAugment` for a choice, as values and as code: one list, so that the program and the config say
 * the same.
 *
 * @throws ArgumentError `bad-config`, `bad-schedule`, `bad-adaptive`.
 */
export const settingsOf = (choice: Choice, { told, classes }: Meaning): Settings => {
  const { seed, schedule, way } = choice;
  const probability = curveCode(schedule.probability);
  const strength = strengthSetting(choice);
  const { conditional, ...manner } = way;
  const options: Setting[] = [
    { name: 'seed', value: seed, code: literal(seed), why: 'decides every random number' },
    strength.setting,
    { name: 'epochs', value: schedule.epochs, code: String(schedule.epochs) },
    {
      name: 'probability',
      value: scheduleFrom(schedule.probability),
      code: probability.code,
      why: 'of an image to be changed; the others stay as they are',
    },
    ...Object.entries(manner)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name: name as keyof AugmentOptions, value, code: literal(value) })),
    ...(classes === undefined ? [] : [{ name: 'classes', value: classes, code: literal(classes) } as const]),
    ...(told === undefined ? [] : [labelsSetting(told)]),
    ...(conditional
      ? [{ name: 'conditional', value: true, code: 'true', why: 'images return to their class' } as const]
      : []),
    ...(schedule.bank > 0 ? [bankSetting(schedule.bank)] : []),
  ];
  return { options, imports: [...strength.imports, ...probability.imports] };
};

const strengthSetting = ({ schedule }: Choice): { setting: Setting; imports: readonly string[] } => {
  const curve = scheduleFrom(schedule.strength);
  if (schedule.adaptive === undefined) {
    const { code, imports } = curveCode(schedule.strength);
    return { setting: { name: 'strength', value: curve, code, why: 'how far images are thrown' }, imports };
  }
  const start = Number(valueAt(curve, pointAt(0, schedule.epochs)).toFixed(4));
  const { target, step } = schedule.adaptive;
  const value = adaptive({ target, step, start, measure: () => target });
  const code = `adaptive({ target: ${target}, step: ${step}, start: ${start}, measure: labelsKept })`;
  return { setting: { name: 'strength', value, code: 'strength', why: code }, imports: ['adaptive'] };
};

/** Labels of the data, or what the model calls them where that is something else. */
const labelsSetting = (told: readonly number[]): Setting => {
  if (told.every((label, n) => label === n)) return { name: 'labels', value: 'ys', code: literal('ys') };
  return {
    name: 'labels',
    value: () => [],
    code: 'modelLabels',
    why: 'the model numbers classes otherwise than the images do',
  };
};

const bankSetting = (bank: number): Setting => ({
  name: 'bank',
  value: bank,
  code: String(bank),
  why: 'variants of each image are made once and take turns; strength stays that of the first epoch',
});

/** The config of a choice, as `getConfig()` of the library gives it. */
export const configOf = (model: Model, { options }: Settings): AugmentConfig => {
  const values = Object.fromEntries(options.map(({ name, value }) => [name, value]));
  return boomerangAugment({ model, ...values } as AugmentOptions).getConfig();
};
