import { ArgumentError } from '../../errors.ts';
import { type Fit, toFit } from '../../node/data/fitImage.ts';
import type { Folders } from '../../node/data/parts.ts';
import { foldersOf } from '../foldersOption.ts';
import { toCount, toNumber, toStrengths } from '../numbers.ts';
import type { ModelOptions } from '../openAsked.ts';
import { readWay, type Way, type WayOptions } from '../way.ts';

/** What the command line says, as text. */
export type TuneOptions = ModelOptions &
  WayOptions & {
    readonly model: string;
    readonly classifier?: string;
    readonly fit: string;
    readonly folders?: string;
    readonly images: string;
    readonly strengths: string;
    readonly variants: string;
    readonly conditional?: boolean;
    readonly target: string;
    readonly minDiversity: string;
    readonly out: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
  };

/** What is to be swept, and what counts as useful. */
export type Tuning = {
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
  /** Share of labels that are to be kept. */
  readonly target: number;
  /** Least RMS distance among variants, in [0, 1] units. */
  readonly minDiversity: number;
};

/** @throws ArgumentError `bad-strengths`, `bad-images`, `bad-variants`, `bad-steps`, `bad-eta`, `bad-target`, `bad-min-diversity`, `unknown-fit`, `unknown-folders` */
export const readTuning = (options: TuneOptions): Tuning => ({
  strengths: toStrengths(options.strengths, 'strengths').sort((a, b) => a - b),
  images: toCount(options.images, 'images', 10),
  variants: toCount(options.variants, 'variants', 2),
  fit: toFit(options.fit),
  ...foldersOf(options),
  way: readWay(options),
  conditional: options.conditional ?? false,
  seed: options.seed,
  target: toShare(options.target, 'target'),
  minDiversity: toShare(options.minDiversity, 'min-diversity'),
});

const toShare = (text: string, name: string): number => {
  const share = toNumber(text, name);
  if (share > 0 && share < 1) return share;
  throw new ArgumentError(`bad-${name}`, `${name} must be above 0 and below 1, got ${text}`);
};
