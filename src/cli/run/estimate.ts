import { countingDestination } from '../../node/runs/destinations/counting.ts';
import { openWorkshop, type Workshop } from '../../node/runs/openWorkshop.ts';
import { type Shard, sampleId, shardCount } from '../../node/runs/plan.ts';
import { type Cost, describeCost, memoryFor, secondsOnce } from '../cost.ts';
import { describeBytes } from '../numbers.ts';
import { missingOf } from './place.ts';
import type { Running } from './running.ts';
import { costOfVariants } from './variantCost.ts';

/** What a run takes, or what is missing of it. */
export type RunCost = Cost & {
  readonly diskBytes: number;
  /** Shards that are to be made, and all that there are. */
  readonly missing: number;
  readonly shards: number;
  /** In the unit of the price per hour. */
  readonly price?: number;
};

/**
 * What it takes to make what is missing of a run, or of a part of it: a few images are read, changed and encoded, and
 * nothing is written. Variants that a filter has tried again come on top.
 *
 * @throws ArgumentError `other-run`, `output-exists`; EnvironmentError `too-little-memory`.
 */
export const estimateRun = async (running: Running & { readonly signal: AbortSignal }): Promise<RunCost> => {
  const { plan, asked, model, options, place } = running;
  const missing = await missingOf(running);
  const samples = (wanted: boolean): number =>
    missing.filter(({ variant }) => (variant === 'original') === wanted).reduce((sum, { count }) => sum + count, 0);
  const [originals, variants] = [samples(true), samples(false)];
  const { evaluations, seconds } = await costOfVariants(running, variants);
  const each = seconds / Math.max(1, variants);
  const workshop = await openWorkshop({ ...place, plan, model, classifier: options.classifier });
  try {
    const most = Math.min(TRIED, plan.data.count);
    const original = await tryShard(workshop, 'original', most);
    const few = Math.max(1, Math.min(most, Math.floor(LONGEST / each)));
    const changed = each > LONGEST ? original : await tryShard(workshop, 0, few);
    const total = seconds + (originals + variants) * original.seconds;
    const price = asked.pricePerHour;
    return {
      ...{ evaluations, seconds: total, memoryBytes: memoryFor(0) },
      diskBytes: Math.ceil(originals * original.bytes + variants * changed.bytes),
      ...{ missing: missing.length, shards: shardCount(plan) },
      ...(price === undefined ? {} : { price: (total / 3600) * price }),
    };
  } finally {
    await workshop.close();
  }
};

/** Samples that are made for a trial, at most, and seconds that one may take to be made for it. */
const [TRIED, LONGEST] = [50, 5];

/** Bytes and seconds of each sample of a shard. */
const tryShard = async (workshop: Workshop, variant: Shard['variant'], count: number) => {
  const destination = countingDestination();
  const shard = { name: sampleId(0, variant), first: 0, count, variant };
  const seconds = await secondsOnce(() => workshop.make(shard, { destination }));
  return { bytes: destination.bytes() / count, seconds: seconds / count };
};

/** One line, or two, for people. */
export const describeRunCost = ({ diskBytes, missing, shards, price, ...cost }: RunCost): string => {
  const left = missing < shards ? `, for ${missing} of ${shards} shards that are to be made` : `, in ${shards} shards`;
  const paid = price === undefined ? '' : `price: ${price.toFixed(2)}\n`;
  return `${describeCost(cost)}, and ${describeBytes(diskBytes)} of disk${left}\n${paid}`;
};
