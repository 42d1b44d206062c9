import { rule, shown } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import type { Model } from './model.ts';

const isModel = (value: unknown): value is Model =>
  typeof value === 'object' && value !== null && 'predict' in value && 'scheduler' in value && 'imageShape' in value;

const WORDS = 'a model as `await loadModel(…)` gives it';

/** A model among options. */
export const modelRule = rule<Model>(isModel, WORDS);

/**
 * Checks a model that came as an argument: a path or a promise in its place is what plain JavaScript is prone to.
 *
 * @throws ArgumentError `bad-model`.
 */
export const checkModel = (model: unknown): void => {
  if (isModel(model)) return;
  throw new ArgumentError('bad-model', `model must be ${WORDS}, got ${shown(model)}`);
};
