import * as v from 'valibot';
import {
  checkNames,
  checkOptions,
  code,
  count,
  type OptionsOf,
  rule,
  seedRule,
  signalRule,
  text,
} from '../../checks.ts';
import { ArgumentError, pick } from '../../errors.ts';
import type { ImageKey } from '../../returns/address.ts';
import { aimEntries } from '../../returns/aim.ts';
import { rangeRule } from '../../returns/boomerangOptions.ts';
import { returnEntries } from '../../returns/returnOptions.ts';
import { type CascadeThrow, fallingCascade } from './cascade.ts';
import type { Degrade } from './degrade/degradation.ts';
import { masked } from './degrade/masked.ts';
import { bicubic, blockMeans } from './degrade/scalings.ts';

const { strength: _, steps: _s, roundTrip: _r, entry: _e, ...mannerEntries } = returnEntries;
const { classes: _c, ...awayEntries } = aimEntries;

/** What pictures are made poorer by, by the names that users give. */
export const DEGRADES: Readonly<Record<string, (factor: number) => Degrade>> = {
  bicubic: (factor) => bicubic(factor),
  'bicubic-matlab': (factor) => bicubic(factor, 'matlab'),
  mean: blockMeans,
};

/** Where images were made smaller, much of them is there from the start. */
const SMALL_THROWS = fallingCascade(15, 0.3, 0.05);

/** Where pixels are absent, what fills a hole starts from noise. */
const FROM_NOISE = fallingCascade(20, 1, 0.05);

export const enhanceSchema = v.strictObject({
  ...mannerEntries,
  /** How many times higher and wider the images become; a whole number. */
  factor: v.optional(count()),
  /**
   * What made the images poorer: `bicubic` (as Pillow's), `bicubic-matlab`, `mean` of blocks; or a map of your own, such
   * as `blurred(kernel, 4)`, which knows its factor. @defaultValue 'bicubic'
   */
  degrade: v.optional(
    rule<string | Degrade>(
      (value) => typeof value === 'string' || (typeof value === 'object' && value !== null && 'of' in value),
      'a name, such as "bicubic", or what blockMeans, bicubic, blurred or masked give',
    ),
  ),
  /** Instead of both: line by line 1 where the images are seen, and 0 where they are to be filled. */
  mask: v.optional(
    rule<ArrayLike<number | boolean>>(
      (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)),
      'a list of 1 (seen) and 0 (not seen), line by line',
    ),
  ),
  /** Standard deviation of the noise in the images, in their own range. @defaultValue 0 */
  noise: v.optional(
    rule<number>(
      (value) => typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY,
      'a finite number of at least 0, in the range of the images',
    ),
  ),
  /**
   * The throws, one after the other; none at all gives what can be had without the model.
   * @defaultValue 15 of one step each, their strength falling from 0.3 to 0.05; for a mask 20, falling from 1
   */
  cascade: v.optional(
    rule<readonly CascadeThrow[]>(
      (value) => Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null),
      'a list of { strength, steps }',
    ),
  ),
  /** Of how many results the images are the mean: several are nearer to the truth, one looks sharper. @defaultValue 1 */
  samples: v.optional(count()),
  /**
   * Every how manyth step of a throw is held to what was seen; the last always is. More than 1 saves time with a latent
   * model, which decodes and encodes for it where a throw has several steps; but for the last throw it is held by the low
   * frequencies of its latents, which costs nothing, where the factor leaves room for others. @defaultValue 1
   */
  every: v.optional(count()),
  /**
   * By how many pixels tiles of the model's size overlap, where the images become larger than it makes them.
   * @defaultValue a fourth of the model's side
   */
  overlap: v.optional(count(0)),
  /** Decides every random number, together with the image and the sample. */
  seed: seedRule,
  /** Names of the images; by default a digest of each one's pixels. */
  keys: v.optional(rule<readonly ImageKey[]>(Array.isArray, 'a list of names, one for each image')),
  /** Classes of the images, for a conditional model; by default its null label. */
  labels: v.optional(rule<readonly number[]>(Array.isArray, 'a list of classes, one for each image')),
  /** What the images show, for a model with text. */
  prompt: v.optional(text),
  ...awayEntries,
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  range: v.optional(rangeRule),
  /** Looked at before every step. */
  signal: v.optional(signalRule),
  /** Told how many steps are done, of how many. */
  onProgress: v.optional(code<(done: number, total: number) => void>()),
});

/** @interface */
export type EnhanceOptions = OptionsOf<typeof enhanceSchema>;

/** @throws ArgumentError `unknown-option`, `bad-<name>`. */
export const checkEnhancing = (options: EnhanceOptions): void => {
  checkOptions('enhance', enhanceSchema, options);
  for (const one of options.cascade ?? []) checkNames('a throw of the cascade', ['strength', 'steps'], one);
};

/** @throws ArgumentError `bad-factor`, `bad-mask`, `unknown-degrade`. */
export const degradeOf = ({ factor, degrade, mask }: EnhanceOptions): Degrade => {
  if (mask !== undefined) {
    if (factor === undefined && degrade === undefined) return masked(mask);
    throw new ArgumentError('bad-mask', 'a mask goes alone: fill the images first, then enlarge what comes of it');
  }
  if (typeof degrade === 'object') {
    if (factor === undefined) return degrade;
    throw new ArgumentError('bad-factor', `degrade is a map that knows its factor, got ${factor} too; leave it out`);
  }
  const make = pick(DEGRADES, degrade ?? 'bicubic', 'degrade');
  if (factor !== undefined) return make(factor);
  throw new ArgumentError('bad-factor', 'factor must say how many times larger the images become; 8, say');
};

export const cascadeOf = ({ cascade, mask }: EnhanceOptions): readonly CascadeThrow[] =>
  cascade ?? (mask === undefined ? SMALL_THROWS : FROM_NOISE);
