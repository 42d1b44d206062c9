import { ArgumentError, pick } from '../../errors.ts';
import { type Fit, toFit } from '../../node/data/fitImage.ts';
import type { Folders } from '../../node/data/parts.ts';
import type { Way } from '../../node/tuning/way.ts';
import { foldersOf } from '../foldersOption.ts';
import { toCount, toNumber, toStrengths } from '../numbers.ts';
import type { ModelOptions } from '../openAsked.ts';
import { readWay, type WayOptions } from '../way.ts';

/** What the command line says, as text. */
export type TuneOptions = ModelOptions &
  WayOptions & {
    readonly model: string;
    readonly by: string;
    readonly classifier?: string;
    readonly fit: string;
    readonly folders?: string;
    readonly images?: string;
    readonly strengths: string;
    readonly variants: string;
    readonly conditional?: boolean;
    readonly target?: string;
    readonly minDiversity: string;
    readonly out: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
  };

/** What decides which strengths are useful: whether labels survive, or distances alone, which need no labels. */
export type By = 'labels' | 'distance';

/** What is to be swept, and what counts as useful. */
export type Tuning = {
  readonly by: By;
  /** Rising. */
  readonly strengths: readonly number[];
  readonly images: number;
  readonly variants: number;
  /** What is done to images of another size than the model's. */
  readonly fit: Fit;
  /** What folders called `train` and so on are. */
  readonly folders?: Folders;
  readonly way: Way;
  readonly conditional: boolean;
  readonly seed: string;
  /** Share of labels that are to be kept; nothing is asked of them by distance. */
  readonly target: number;
  /** Least RMS distance among variants, in [0, 1] units. */
  readonly minDiversity: number;
};

/** @throws ArgumentError `unknown-measure`, `bad-strengths`, `bad-images`, `bad-variants`, `bad-steps`, `bad-eta`, `bad-target`, `bad-classifier`, `bad-min-diversity`, `unknown-fit`, `unknown-folders` */
export const readTuning = (options: TuneOptions): Tuning => ({
  by: readBy(options),
  strengths: toStrengths(options.strengths, 'strengths').sort((a, b) => a - b),
  images: toCount(options.images ?? '200', 'images', 10),
  variants: toCount(options.variants, 'variants', 2),
  fit: toFit(options.fit),
  ...foldersOf(options),
  way: readWay(options),
  conditional: options.conditional ?? false,
  seed: options.seed,
  target: toShare(options.target ?? '0.9', 'target'),
  minDiversity: toShare(options.minDiversity, 'min-diversity'),
});

const MEASURES: Readonly<Record<string, By>> = { labels: 'labels', distance: 'distance' };

/** Refuses what would not be used. */
const readBy = ({ by: asked, target, classifier }: TuneOptions): By => {
  const by = pick(MEASURES, asked, 'measure');
  if (by === 'labels') return by;
  for (const [name, given] of Object.entries({ target, classifier })) {
    if (given === undefined) continue;
    throw new ArgumentError(`bad-${name}`, `--${name} is about labels, which --by distance does not ask; leave it out`);
  }
  return by;
};

const toShare = (text: string, name: string): number => {
  const share = toNumber(text, name);
  if (share > 0 && share < 1) return share;
  throw new ArgumentError(`bad-${name}`, `${name} must be above 0 and below 1, got ${text}`);
};
