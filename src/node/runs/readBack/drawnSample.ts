import type { Shard } from '../plan.ts';
import { isPair, sampleId } from '../plan.ts';
import type { SampleEntry } from '../shardRecord.ts';
import type { OpenRun } from './openRun.ts';
import type { Reading } from './reading.ts';
import { readPicture } from './readPicture.ts';
import { damaged } from './shardReader.ts';

/** Which sample of an image. */
export type Draw = { readonly place: number; readonly variant: Shard['variant'] };

/** A sample that was read. */
export type DrawnSample = Pick<SampleEntry, 'shape' | 'label' | 'softLabel'> & {
  /** `height * width * channels` bytes; with pairs, of the variant. */
  readonly pixels: Uint8Array;
  /** The original of a pair. */
  readonly clean?: Uint8Array;
};

/**
 * Reads a sample; the original of a run that has none beside its pairs is taken out of these.
 *
 * @throws EnvironmentError `damaged-run`
 */
export function* readDrawn(run: OpenRun, { place, variant }: Draw): Reading<DrawnSample> {
  const { plan } = run;
  const ofPair = variant === 'original' && !plan.originals;
  const name = sampleId(place - (place % plan.shardImages), ofPair ? 0 : variant);
  const shard = yield* run.shard(name);
  const entry = shard?.samples.get(place);
  if (shard === undefined || entry === undefined) {
    throw damaged(run.place, `the shard ${name}`, { why: `it has no sample of image ${place}` });
  }
  const { shape, label, softLabel } = entry;
  const read = (span: SampleEntry['picture']) => readPicture(shard, { shape, span, place: run.place });
  const clean = isPair(plan) && entry.clean ? yield* read(entry.clean) : undefined;
  const pixels = ofPair && clean ? clean : yield* read(entry.picture);
  return {
    ...{ shape, pixels },
    ...(clean ? { clean } : {}),
    ...(label === undefined ? {} : { label }),
    ...(softLabel && !ofPair ? { softLabel } : {}),
  };
}
