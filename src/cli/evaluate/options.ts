import { toPart } from '../../node/data/parts.ts';
import type { Part } from '../../node/data/source.ts';
import type { Way } from '../../node/tuning/way.ts';
import { toCount, toStrengths } from '../numbers.ts';
import type { ModelOptions } from '../openAsked.ts';
import { readWay, type WayOptions } from '../way.ts';

/** What the command line says, as text. */
export type EvaluateOptions = ModelOptions &
  WayOptions & {
    readonly images: string;
    readonly part: string;
    readonly fit: string;
    readonly folders?: string;
    readonly strengths: string;
    readonly returns: string;
    readonly classifier?: string | false;
    readonly json?: boolean;
    readonly dryRun?: boolean;
  };

/** What is to be measured. */
export type Asked = {
  /** So many images at most, for the error. */
  readonly images: number;
  /** So many at most, for the returns. */
  readonly returns: number;
  readonly strengths: readonly number[];
  readonly part: Part;
  readonly seed: string;
  readonly way: Way;
};

/** @throws ArgumentError `bad-images`, `bad-returns`, `bad-strengths`, `bad-steps`, `bad-part` */
export const readAsked = (options: EvaluateOptions): Asked => ({
  images: toCount(options.images, 'images'),
  returns: toCount(options.returns, 'returns'),
  strengths: toStrengths(options.strengths, 'strengths'),
  part: toPart(options.part),
  seed: options.seed,
  way: readWay(options),
});
