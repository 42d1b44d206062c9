import { ArgumentError } from '../../errors.ts';
import { given } from '../../models/openers.ts';
import { modelLabels, namingClasses, toldLabels } from '../../node/tuning/heldOut.ts';
import { checkWay, checkWayPrompt, namesClass, type Way } from '../../node/tuning/way.ts';
import type { Choice } from '../choice.ts';
import type { StudioSetting } from './context.ts';

/** What a choice asks of this model and these images, checked. */
export type Asked = {
  readonly way: Way;
  /** Whether images return to their own class. */
  readonly isConditional: boolean;
  /**
   * The label by which the model is told of each class of the data, where images return to their own or are called by it
   * in the prompt.
   */
  readonly told: readonly number[] | undefined;
};

/**
 * Refuses what this model cannot do before anything is made.
 *
 * @throws ArgumentError `no-such-image`, `bad-label`, and those of `checkWay` and `checkWayPrompt`.
 */
export const readAsked = ({ model, data }: Pick<StudioSetting, 'model' | 'data'>, choice: Choice): Asked => {
  const odd = choice.images.find((image) => image >= data.count);
  if (odd !== undefined) {
    throw new ArgumentError('no-such-image', `the images of this data set are 0 to ${data.count - 1}, got ${odd}`);
  }
  const { conditional: isConditional = false, ...chosen } = choice.way;
  const way = namingClasses(given(chosen), data, model);
  checkWay(model, way, [choice.strength]);
  checkWayPrompt(model, way, true);
  if (isConditional) modelLabels(data, model); // refused of a model without classes
  const told = isConditional || namesClass(way) ? toldLabels(data, model) : undefined;
  return { way, isConditional, told };
};
