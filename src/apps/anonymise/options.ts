import * as v from 'valibot';
import { checkOptions, code, count, flag, type OptionsOf, oneOf, rule, signalRule, text } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import type { Classifier } from '../../models/classifier.ts';
import { aimEntries } from '../../returns/aim.ts';
import { rangeRule } from '../../returns/boomerangOptions.ts';
import { returnEntries } from '../../returns/returnOptions.ts';
import type { Embedder } from './embedder.ts';
import type { OnProgress, Region } from './run.ts';
import { leastPeople } from './sample.ts';

const { strength: _, roundTrip: _r, entry: _e, ...mannerEntries } = returnEntries;
const { classes: _c, ...awayEntries } = aimEntries;
const list = rule<readonly (string | number)[]>(Array.isArray, 'a list, of one for each image');

/** The strengths that are tried where nobody says others. */
export const STRENGTHS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Images that strength is chosen by where nobody says how many, unless the target needs more. */
export const SAMPLE = 400;

export const sampleFor = (target: number): number => Math.max(SAMPLE, leastPeople(target));

export const anonymiseSchema = v.strictObject({
  ...mannerEntries,
  /** What the images show, for a model with text. */
  prompt: v.optional(text),
  ...awayEntries,
  /** By what strength is chosen. */
  embed: code<Embedder>('a function that turns images into vectors, such as await loadEmbedder("face-api")'),
  /** By what the copies are judged: another one, or the figures flatter. */
  judge: code<Embedder>('another function that turns images into vectors, such as await loadEmbedder("human")'),
  /** The re-identification rate that the upper end of a 95 % interval is to stay below, above 0 and below 1. */
  target: rule<number>(
    (value) => typeof value === 'number' && value > 0 && value < 1,
    'a share of copies that may be recognised, above 0 and below 1',
  ),
  /** Who is seen in each image: the same name is the same person. @defaultValue each image is somebody else */
  people: v.optional(list),
  /** `set`: all images go as far. `image`: each goes as far as it must. @defaultValue 'set' */
  per: v.optional(oneOf('set', 'image')),
  /** The strengths that are tried. @defaultValue 0.1 to 0.9 */
  strengths: v.optional(
    rule<readonly number[]>(
      (value) => Array.isArray(value) && value.length > 0 && new Set(value).size === value.length,
      'a list of at least one strength, each once',
    ),
  ),
  /** What of an image changes: `whole`, `faces` that the embedder detects, `{ boxes }`, `{ mask }`. @defaultValue 'whole' */
  region: v.optional(
    rule<Region>(
      (value) => value === 'whole' || value === 'faces' || (typeof value === 'object' && value !== null),
      '"whole", "faces", { boxes } or { mask }',
    ),
  ),
  /** What becomes of an image in which nobody is found: it is left out, goes as it is, or is thrown whole. @defaultValue 'skip' */
  noFace: v.optional(oneOf('copy', 'whole', 'skip')),
  /** Decides the noise: 64 hexadecimal digits. @defaultValue drawn from the system's random source */
  secret: v.optional(rule<string>(() => true, '')),
  /** Images that strength is chosen by, at most, and a fourth as many that attacks are tried on. @defaultValue 400, or as many as the target needs */
  sample: v.optional(count(4)),
  /** Whether attacks are tried, and blur and pixelation, which takes as long as choosing. @defaultValue true */
  attacks: v.optional(flag),
  /** What tells the classes of images, to see whether they keep them. */
  classifier: v.optional(code<Classifier>('a function of images')),
  /** Whether images return to their own class, of `labels`: they keep it more often. @defaultValue false */
  conditional: v.optional(flag),
  /** What black and white are. @defaultValue `0..1` for float32, `0..255` for int32 */
  range: v.optional(rangeRule),
  /** The class of each image, for `classifier` and `conditional`. @defaultValue that of the data set, if it has them */
  labels: v.optional(rule<readonly number[]>(Array.isArray, 'a list of classes, one for each image')),
  /** Looked at before every step. */
  signal: v.optional(signalRule),
  /** Told what is done now, and which share of it is. */
  onProgress: v.optional(code<OnProgress>()),
});

/** @interface */
export type AnonymiseOptions = OptionsOf<typeof anonymiseSchema>;

/**
 * Checks everything that can be checked before an image is seen.
 *
 * @throws ArgumentError `unknown-option`, `bad-<name>`, `same-judge`, `no-detector`, `bad-strength`.
 */
export const checkAnonymising = (options: AnonymiseOptions): void => {
  checkOptions('anonymise', anonymiseSchema, options);
  checkEmbedders(options);
  checkStrengths(options.strengths ?? STRENGTHS);
};

/**
 * Checks that one embedder does not judge what it chose itself, and that it detects what it is asked for.
 *
 * @throws ArgumentError `same-judge`, `no-detector`.
 */
export const checkEmbedders = ({
  embed,
  judge,
  region,
}: Pick<AnonymiseOptions, 'embed' | 'judge' | 'region'>): void => {
  checkJudge(embed, judge);
  if (region !== 'faces' || typeof embed.detect === 'function') return;
  const rule = `region "faces" needs an embedder that detects, and ${embed.id ?? 'this one'} has no detect`;
  throw new ArgumentError('no-detector', `${rule}; change another region, or choose by another embedder`);
};

const checkJudge = (embed: Embedder, judge: Embedder): void => {
  if (embed !== judge && (embed.id === undefined || embed.id !== judge.id)) return;
  const both = embed.id ?? 'the same function';
  const rule = `what chooses the strength must not judge it, as it would flatter itself; both are ${both}`;
  throw new ArgumentError('same-judge', `${rule}; give another judge`);
};

/** @throws ArgumentError `bad-strength` */
export const checkStrengths = (strengths: readonly unknown[]): void => {
  const bad = strengths.find((strength) => !(typeof strength === 'number' && strength > 0 && strength <= 1));
  if (bad === undefined) return;
  throw new ArgumentError(
    'bad-strength',
    `strength must be above 0 and at most 1, got ${bad}; 0 leaves images as they are`,
  );
};
