import { ArgumentError, pick } from '../../errors.ts';
import { toPart as toDataPart } from '../../node/data/parts.ts';
import type { Part as DataPart } from '../../node/data/source.ts';
import type { Part } from '../../node/runs/part.ts';
import type { FormatName } from '../../node/runs/plan.ts';
import type { PlanRunOptions, RunAugment } from '../../node/runs/planRun.ts';
import type { Way } from '../../node/tuning/way.ts';
import { toCount, toNumber } from '../numbers.ts';
import { readWay } from '../way.ts';
import type { RunCommand } from './options.ts';
import { toPart } from './part.ts';
import { type AskedStrength, toBounds, toMostFailed, toPrice, toStrength } from './texts.ts';

/** What the options say, each checked by itself. */
export type Asked = {
  readonly strength: AskedStrength;
  readonly way: Way;
  readonly augment: Omit<RunAugment, 'strength'>;
  readonly variants: number;
  readonly originals: boolean;
  readonly format: FormatName;
  readonly keep: PlanRunOptions['keep'];
  readonly dataPart: DataPart;
  readonly shardImages: number | undefined;
  /** A part of the run; undefined for all of it. */
  readonly part: Part | undefined;
  /** How many of so many images may fail. */
  mostFailed(images: number): number;
  readonly pricePerHour: number | undefined;
};

const FORMATS = { webdataset: 'webdataset', folder: 'folder', tfrecord: 'tfrecord', idx: 'idx' } as const;
const FITS = { exact: 'exact', resize: 'resize', detail: 'detail' } as const;

/** @throws ArgumentError `bad-strength`, `bad-variants`, `unknown-format`, `bad-shard` and the like. */
export const readAsked = (options: RunCommand): Asked => {
  const { pair, conditional, tries, softLabels, distance, shardImages, shard, pricePerHour } = options;
  const fit = pick(FITS, options.fit, 'fit');
  return {
    strength: toStrength(options.strength),
    way: readWay(options),
    augment: {
      seed: options.seed,
      ...(conditional ? { conditional } : {}),
      ...(pair ? { mode: 'pair' as const } : {}),
      ...(fit === 'exact' ? {} : { fit }),
      ...(tries === undefined ? {} : { tries: toCount(tries, 'tries') }),
      ...(distance === undefined ? {} : { distance: toBounds(distance) }),
      ...(softLabels === undefined ? {} : { softLabels: { gamma: toNumber(softLabels, 'soft-labels') } }),
    },
    variants: toCount(options.variants, 'variants'),
    originals: options.includeOriginals ?? false,
    format: pick(FORMATS, options.format, 'format'),
    keep: keepOf(options),
    dataPart: toDataPart(options.part),
    shardImages: shardImages === undefined ? undefined : toCount(shardImages, 'shard-images'),
    part: shard === undefined ? undefined : toPart(shard),
    mostFailed: toMostFailed(options.maxFailed),
    pricePerHour: pricePerHour === undefined ? undefined : toPrice(pricePerHour),
  };
};

/** @throws ArgumentError `bad-keep` for what a classifier is to ask, without one. */
const keepOf = ({ classifier, minProbability, topK }: RunCommand): PlanRunOptions['keep'] => {
  if (classifier !== undefined) {
    return {
      classifier,
      ...(minProbability === undefined ? {} : { minProbability: toNumber(minProbability, 'min-probability') }),
      ...(topK === undefined && minProbability !== undefined ? {} : { topK: toCount(topK ?? '1', 'top-k') }),
    };
  }
  if (minProbability === undefined && topK === undefined) return undefined;
  throw new ArgumentError('bad-keep', '--min-probability and --top-k are of a classifier; name its --classifier');
};
