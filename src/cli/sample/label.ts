import { ArgumentError, isCount } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { namesClass, type Way } from '../../node/tuning/way.ts';
import { classesOf } from '../../returns/aim.ts';

/**
 * A class by number or name: one of the model's, or for a model that is told of classes in its prompt alone, of those
 * that its `boomerang.json` names.
 *
 * @throws ArgumentError `bad-label`
 */
export const findLabel = (model: Model, way: Way, text: string): number => {
  const classes = classesOf(model);
  const count = model.labels?.count ?? (namesClass(way) ? classes?.length : undefined);
  if (count === undefined) {
    const remedy = model.text ? 'say in --prompt what the images show' : `leave out --label ${text}`;
    throw new ArgumentError('bad-label', `the model has no classes; ${remedy}`);
  }
  const named = classes?.indexOf(text) ?? -1;
  const label = named >= 0 ? named : Number(text.trim() || Number.NaN);
  if (isCount(label, 0) && label < count) return label;
  const names = classes ? `, or one of: ${classes.join(', ')}` : '';
  throw new ArgumentError('bad-label', `no class "${text}"; use a number from 0 to ${count - 1}${names}`);
};
