import { ArgumentError } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { Box } from './boxes.ts';
import { firstOfSame, thumbnail } from './duplicates.ts';
import { type Embedder, embedAll, type Vectors } from './embedder.ts';
import { numbered } from './people.ts';
import { batchesOf } from './pictures.ts';
import type { Picture } from './regions/regions.ts';
import { batchesOfPlaces, type Original, type Run } from './run.ts';
import { joinVectors, someVectors } from './vectors.ts';

/** What is known of all originals once each was seen. */
export type Looked = {
  /** Why some cannot be read, by place. */
  readonly faults: ReadonlyMap<number, string>;
  readonly shapes: readonly (ImageShape | undefined)[];
  /** The class that each returns to. */
  readonly labels: readonly (number | undefined)[];
  /** What the embedder that chooses sees, and the one that judges. */
  readonly embedded: Vectors;
  readonly judged: Vectors;
  /** What is to be changed in each, where regions are detected. */
  readonly boxes: readonly (readonly Box[])[];
  /** The first of the near-duplicates of each. */
  readonly same: readonly number[];
  /** The number of the person in each. */
  readonly people: readonly number[];
};

type Seen = {
  readonly faults: readonly { readonly place: number; readonly why: string }[];
  readonly shapes: readonly (ImageShape | null)[];
  readonly labels: readonly (number | null)[];
  readonly embedded: Vectors;
  readonly judged: Vectors;
  readonly boxes: readonly (readonly Box[])[];
  readonly thumbnails: readonly (Float32Array | null)[];
};

/** What is thrown where not one original can be read. */
export const noneReadable = (count: number, why = 'nothing is known of it'): ArgumentError =>
  new ArgumentError('no-images', `not one of ${count} images can be read; of the first: ${why}`);

/**
 * Looks at every original with both embedders.
 *
 * @throws ArgumentError `no-images` where none can be read, `same-judge` where both see the same; what embedders throw.
 */
export const lookAtAll = async (run: Run): Promise<Looked> => {
  const { originals, journal, onProgress, signal } = run;
  const batches = batchesOfPlaces(originals.count);
  const seen: Seen[] = [];
  for (const [n, places] of batches.entries()) {
    signal?.throwIfAborted();
    seen.push(await journal(`look ${n}`, () => look(run, places)));
    onProgress('looking', (n + 1) / batches.length);
  }
  const faults = new Map(seen.flatMap((one) => one.faults.map(({ place, why }) => [place, why])));
  if (faults.size === originals.count) throw noneReadable(faults.size, faults.get(0));
  const [embedded, judged] = [joinVectors(seen.map((one) => one.embedded)), joinVectors(seen.map((one) => one.judged))];
  checkOtherEyes(embedded, judged);
  return {
    people: numbered(originals.people, originals.count),
    faults,
    shapes: seen.flatMap(({ shapes }) => shapes.map((shape) => shape ?? undefined)),
    labels: seen.flatMap(({ labels }) => labels.map((label) => label ?? undefined)),
    embedded,
    judged,
    boxes: seen.flatMap(({ boxes }) => boxes),
    same: await firstOfSame(seen.flatMap(({ thumbnails }) => thumbnails.map((one) => one ?? undefined))),
  };
};

/** Far below what two networks that were trained apart agree to, and above what two engines of one differ by. */
const ALIKE = 1e-4;

/** A judge is no other one by its name alone. @throws ArgumentError `same-judge` */
const checkOtherEyes = (embedded: Vectors, judged: Vectors): void => {
  if (embedded.width !== judged.width || !embedded.isFound.includes(true)) return;
  if (embedded.isFound.some((is, n) => is !== judged.isFound[n])) return;
  if (embedded.data.some((value, n) => Math.abs(value - (judged.data[n] as number)) > ALIKE)) return;
  const rule =
    'what chooses the strength must not judge it, and both see the same in all images, whatever they are called';
  throw new ArgumentError('same-judge', `${rule}; give another judge`);
};

const look = async (run: Run, places: readonly number[]): Promise<Seen> => {
  const { originals, embed, judge, region } = run;
  const read: Original[] = [];
  for await (const one of originals.read(places)) read.push(one);
  const pictures = read.flatMap(({ picture }) => (picture ? [picture] : []));
  let next = 0;
  const spread = read.map(({ picture }) => (picture ? next++ : undefined)); // where each stands among the readable ones
  const boxes = region === 'faces' && embed.detect ? await detectAll(pictures, embed.detect) : [];
  return {
    faults: read.flatMap(({ place, fault }) => (fault === undefined ? [] : [{ place, why: fault }])),
    shapes: read.map(({ picture }) => picture?.shape ?? null),
    labels: read.map((one) => (one.picture ? (one.label ?? null) : null)),
    embedded: someVectors(await embedPictures(pictures, embed, 'originals'), spread),
    judged: someVectors(await embedPictures(pictures, judge, 'originals'), spread),
    boxes: spread.map((n) => (n === undefined ? [] : (boxes[n] ?? []))),
    thumbnails: read.map(({ picture }) => (picture && thumbnail(picture)) ?? null),
  };
};

/** @param what the pictures are, for messages. */
export const embedPictures = (pictures: readonly Picture[], embed: Embedder, what: string): Promise<Vectors> =>
  embedAll(batchesOf(pictures), embed, what);

const detectAll = async (
  pictures: readonly Picture[],
  detect: NonNullable<Embedder['detect']>,
): Promise<readonly (readonly Box[])[]> => {
  const found: (readonly Box[])[] = [];
  for await (const batch of batchesOf(pictures)) {
    found.push(...(await detect(batch).finally(() => batch.dispose())));
  }
  return found;
};
