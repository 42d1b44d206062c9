import { pointAt, scheduleFrom, valueAt } from '../../../schedules/schedules.ts';
import type { AugmentOptions } from '../../../transforms/boomerang/options.ts';
import type { Choice } from '../../choice.ts';
import type { Asked } from '../asked.ts';
import type { StudioSetting } from '../context.ts';

/**
 * The options of `boomerangAugment` that a choice stands for. What adapts stands where it begins, since what it follows
 * is not known before a training.
 *
 * @param labels where the label is by which the model is told of each image; used only where a class matters.
 * @throws ArgumentError `bad-config`, `bad-schedule` for a curve that is none.
 */
export const augmentOf = (
  { model }: Pick<StudioSetting, 'model'>,
  { choice, asked }: { readonly choice: Choice; readonly asked: Asked },
  labels: NonNullable<AugmentOptions['labels']>,
): AugmentOptions => {
  const { epochs, strength, probability, adaptive, bank } = choice.schedule;
  const { way, isConditional, told } = asked;
  const curve = scheduleFrom(strength);
  return {
    ...way,
    model,
    seed: choice.seed,
    strength: adaptive ? valueAt(curve, pointAt(0, epochs)) : curve,
    probability: scheduleFrom(probability),
    epochs,
    ...(told ? { labels } : {}),
    ...(isConditional ? { conditional: true } : {}),
    ...(bank > 0 ? { bank } : {}),
  };
};
