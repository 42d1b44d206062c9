import * as v from 'valibot';
import { code, count, type OptionsOf, oneOf, rule, seedRule, signalRule } from '../checks.ts';
import { isCount } from '../errors.ts';
import { BOUNDS, type ImageRange } from '../tensors/range.ts';
import type { ImageKey } from './address.ts';
import { aimEntries } from './aim.ts';
import { returnEntries } from './returnOptions.ts';

/** What black and white are. */
export const rangeRule = rule<ImageRange>(
  (value) => typeof value === 'string' && Object.hasOwn(BOUNDS, value),
  `one of: ${Object.keys(BOUNDS).join(', ')}`,
);
export const fitRule = oneOf('exact', 'resize', 'detail');

export const boomerangSchema = v.strictObject({
  ...returnEntries,
  /** Decides every random number, together with the image, epoch and variant. */
  seed: seedRule,
  /** Names of the images; by default a digest of each one's pixels. */
  keys: v.optional(rule<readonly ImageKey[]>(Array.isArray, 'a list of names, one for each image')),
  /**
   * What the images show, for a model with text: one text for all, in which `{class}` stands for the name of each
   * image's class; or one for each. @defaultValue ''
   */
  prompt: v.optional(
    rule<string | readonly string[]>(
      (value) => typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string')),
      'a text, or a list of texts, one for each image',
    ),
  ),
  ...aimEntries,
  /** Classes to return to, one for each image; by default the null label of a conditional model. */
  labels: v.optional(
    rule<readonly number[]>(
      (value) => (Array.isArray(value) || ArrayBuffer.isView(value)) && Array.from(value as number[]).every(isLabel),
      'a list of classes, whole numbers from 0 on, one for each image',
    ),
  ),
  /** Which of many variants of the same image. @defaultValue 0 */
  variant: v.optional(count(0)),
  /** @defaultValue 0 */
  epoch: v.optional(count(0)),
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  range: v.optional(rangeRule),
  /** What becomes of images that are not of the model's size; see `Fit`. @defaultValue 'exact' */
  fit: v.optional(fitRule),
  /** Looked at before every step. */
  signal: v.optional(signalRule),
  onProgress: v.optional(code<(done: number, total: number) => void>()),
});

const isLabel = (value: unknown): boolean => isCount(value, 0);

/** @interface */
export type BoomerangOptions = OptionsOf<typeof boomerangSchema>;
