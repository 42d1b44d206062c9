import type { Bank } from '../../../caches/bank.ts';
import { ArgumentError } from '../../../errors.ts';
import { namedAfter, saidBy } from '../../../returns/cacheNames.ts';
import { bankName } from '../bankRecorder.ts';
import { sampleId } from '../plan.ts';
import type { SampleEntry } from '../shardRecord.ts';
import type { RunImages } from './gatherImages.ts';
import { notInBank } from './notInBank.ts';
import type { OpenRun } from './openRun.ts';
import type { Reading, ReadLater } from './reading.ts';
import { readPicture } from './readPicture.ts';
import type { OpenShard } from './shardReader.ts';

/** How a bank reads: without waiting where it can. */
export type Reads = { readonly now: (<T>(work: Reading<T>) => T) | undefined; readonly later: ReadLater };

/** A run as a bank that augmenters draw from; it never has anything made. */
export const bankStore = (run: OpenRun, images: RunImages, { now, later }: Reads): Bank => {
  const { plan, place } = run;
  const verdicts = new WeakMap<Float32Array, boolean>();
  const variantOf = function* (name: string): Reading<Float32Array> {
    const { shard, entry, tried } = yield* findSample(run, images, name);
    const pixels = yield* readPicture(shard, { shape: entry.shape, span: entry.picture, place });
    const variant = Float32Array.from(pixels, (value) => value / 127.5 - 1);
    if (hasFilters(run)) verdicts.set(variant, !entry.unchanged && tried === entry.bankNames.length - 1);
    return variant;
  };
  return {
    variants: plan.variants,
    isFitted: true,
    isComplete: true,
    tries: hasFilters(run) ? ((plan.augment.options['tries'] as number | undefined) ?? USUAL_TRIES) : undefined,
    get(name) {
      if (now) return now(variantOf(name));
      throw new ArgumentError('needs-async', `the bank ${place} has to wait for what it has; ask it with fetch`);
    },
    ...(now ? {} : { fetch: (names) => Promise.all(names.map((name) => later(variantOf(name)))) }),
    judged: (variant) => verdicts.get(variant),
    put() {
      throw new ArgumentError('not-in-bank', `the bank ${place} is what a run made, and takes no more`);
    },
    stats: () => ({ entries: images.places.length * plan.variants, bytes: 0 }), // in memory
  };
};

/** What an augmenter takes that is told nothing. */
const USUAL_TRIES = 3;

const hasFilters = ({ plan: { keep, augment } }: OpenRun): boolean =>
  keep !== undefined || augment.options['distance'] !== undefined;

type FoundSample = {
  readonly shard: OpenShard;
  readonly entry: SampleEntry;
  /** Which of the variants that were tried the name is of. */
  readonly tried: number;
};

/** @throws ArgumentError `not-in-bank` */
function* findSample(run: OpenRun, images: RunImages, name: string): Reading<FoundSample> {
  const { plan } = run;
  const said = saidBy(name);
  const variant = said.variant % plan.variants;
  const places: number[] = [];
  for (const place of images.keys.find(String(said.key))) {
    const shard = yield* run.shard(sampleId(place - (place % plan.shardImages), variant));
    const entry = shard?.samples.get(place);
    const key = images.keys.keyAt(place) as string;
    if (said.key !== key && said.key !== entry?.floatKey) continue;
    places.push(place);
    const tried = entry?.bankNames.indexOf(bankName(said.key === key ? name : namedAfter(name, key))) ?? -1;
    if (shard && entry && tried >= 0) return { shard, entry, tried };
  }
  throw notInBank(run, { said, images, places });
}
