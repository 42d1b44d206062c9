import type { Model } from '../../models/model.ts';
import { checkAim, classesOf } from '../../returns/aim.ts';
import type { BoomerangOptions } from '../../returns/boomerangOptions.ts';
import { planAmong } from '../../returns/plan.ts';
import { checkPrompt } from '../../text/prompt.ts';

/** How images return, and to what. Most of it is checked where a return is planned. */
export type Way = Pick<BoomerangOptions, 'steps' | 'solver' | 'eta' | 'guidance' | 'negativePrompt' | 'classes'> & {
  readonly prompt?: string;
};

/**
 * Refuses what a model cannot do, before any work.
 *
 * @throws ArgumentError those of `planReturn`, `bad-prompt`, `bad-negative-prompt`.
 */
export const checkWay = (model: Model, way: Way, strengths: readonly number[]): void => {
  for (const strength of strengths) planAmong(model, { ...way, strength });
  checkAim(model, { ...way, toClasses: true }); // whether they do is known, and said, where images return
};

/** Whether the prompt says the class of each image. */
export const namesClass = ({ prompt }: Way): boolean => prompt?.includes('{class}') ?? false;

/**
 * Refuses a prompt that asks for what is not known of the images.
 *
 * @throws ArgumentError `bad-prompt`
 */
export const checkWayPrompt = (model: Model, { prompt, classes = classesOf(model) }: Way, hasLabels: boolean): void => {
  if (prompt !== undefined) checkPrompt(prompt, { hasLabels, classes });
};
