import * as v from 'valibot';
import { ArgumentError } from '../errors.ts';

/*
 * What somebody has chosen in the studio. The page keeps it in its address, the server makes of it what it is asked for, and
 * a saved session is nothing else.
 */

const count = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const words = v.pipe(v.string(), v.maxLength(2000));

/** A number, or a schedule as its `config` writes it down: `['ramp', 0.1, 0.4]`. */
const curve = v.union([v.number(), v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(1000))]);

const waySchema = v.strictObject({
  solver: v.optional(words),
  steps: v.optional(count(1, 1000)),
  eta: v.optional(share),
  prompt: v.optional(words),
  negativePrompt: v.optional(words),
  guidance: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(100))),
  /** Whether images return to their own class instead of the null label. */
  conditional: v.optional(v.boolean()),
});

/** How images return. What is left out is as the library has it. */
export type WayChoice = v.InferOutput<typeof waySchema>;

export const choiceSchema = v.strictObject({
  version: v.literal(1),
  /** Picked images, by their places in the data set. */
  images: v.pipe(v.array(count(0, 1e9)), v.maxLength(24)),
  /** Share of the schedule that images are thrown by. */
  strength: share,
  /** Variants of each picked image. */
  variants: count(1, 12),
  seed: words,
  way: waySchema,
  measure: v.strictObject({
    images: count(10, 5000),
    variants: count(2, 16),
    /** Share of labels that are to be kept. */
    target: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
    /** Least root mean square distance among variants that is worth it, in [0, 1] units. */
    minDiversity: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
  }),
  schedule: v.strictObject({
    epochs: count(1, 10_000),
    /** Images of an epoch, for the time that a run takes. */
    strength: curve,
    probability: curve,
    /** Instead of the strength's curve: it follows how many labels are kept, from where the curve begins. */
    adaptive: v.optional(v.strictObject({ target: share, step: v.pipe(share, v.gtValue(0)) })),
    /** Variants of each image that are made once; 0 makes them anew in every epoch. */
    bank: count(0, 1000),
  }),
});

export type Choice = v.InferOutput<typeof choiceSchema>;
export type Curve = v.InferOutput<typeof curve>;

export const USUAL: Choice = {
  version: 1,
  images: [],
  strength: 0.3,
  variants: 4,
  seed: '0',
  way: {},
  measure: { images: 100, variants: 4, target: 0.9, minDiversity: 0.03 },
  schedule: { epochs: 20, strength: ['ramp', 0.1, 0.3], probability: 0.5, bank: 0 },
};

/**
 * A choice as it came from a page or a file.
 *
 * @throws ArgumentError `bad-choice`, which names the first place that is wrong.
 */
export const readChoice = (value: unknown): Choice => {
  const { success, output, issues } = v.safeParse(choiceSchema, value);
  if (success) return output;
  const place = v.getDotPath(issues[0]) ?? 'the whole';
  throw new ArgumentError('bad-choice', `${place} is not as the studio writes it: ${issues[0].message}`);
};
