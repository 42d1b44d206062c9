import { toBytes } from '../../../node/images.ts';
import { variantName } from '../../../returns/cacheNames.ts';
import { driveAsync } from '../../../returns/drive.ts';
import { fly } from '../../../returns/flight.ts';
import type { Throw } from '../../../returns/throw.ts';
import { fromModelRange } from '../../../tensors/range.ts';
import { distanceBetween } from '../../../transforms/boomerang/filters.ts';
import type { Done, Variant } from '../../api.ts';
import type { Choice } from '../../choice.ts';
import type { Asked } from '../asked.ts';
import type { StudioContext } from '../context.ts';
import type { Events } from '../events.ts';
import { dataUrl, pngOf } from '../png.ts';
import { batchesByTime } from './batches.ts';
import type { KeptVariant } from './kept.ts';
import { type NamedImages, throwsOf, type Wanted } from './throws.ts';

type Shown = { readonly choice: Choice; readonly asked: Asked; readonly images: NamedImages };
type Named = Wanted & { readonly name: string; readonly thrown: Throw };

/** Shows variants of the picked images: those that were made before, then the others as they are made. */
export const showVariants = async (context: StudioContext, { choice, asked, images }: Shown, events: Events) => {
  const { model, variants, turns } = context;
  const thrownFor = throwsOf(context, images, { choice, asked });
  const wanted = wantedBy(choice).map((one): Named => {
    const thrown = thrownFor(one);
    return { ...one, thrown, name: variantName(model, thrown, { branchStep: 0 }) };
  });
  const tell = async (some: readonly (Named & KeptVariant)[], isKept: boolean): Promise<void> => {
    const nearest = [...some].sort((a, b) => a.distance - b.distance);
    for (const { image, variant, strength, url, distance } of nearest) {
      await events.send('variant', { image, variant, epoch: 0, strength, distance, url, isKept } satisfies Variant);
    }
  };
  const lookUp = (one: Named): (Named & KeptVariant)[] => {
    const kept = variants.get(one.name);
    return kept ? [{ ...one, ...kept }] : [];
  };
  const isMissing = ({ name }: Named): boolean => variants.get(name) === undefined;
  const missing = wanted.filter(isMissing);
  await tell(wanted.flatMap(lookUp), true);
  const make = async (some: readonly Named[]): Promise<void> => {
    const made = await makeVariants(context, images, { some, strength: choice.strength, signal: events.signal });
    for (const { name, strength, url, distance } of made) variants.set(name, { strength, url, distance });
    await tell(made, false);
  };
  const makeMissing = async (): Promise<number> => {
    const left = missing.filter(isMissing); // another stream may have made some, while this one waited
    await tell(missing.filter((one) => !left.includes(one)).flatMap(lookUp), true);
    return batchesByTime(left, make);
  };
  const secondsEach = missing.length === 0 ? 0 : await turns.take(events.signal, makeMissing);
  const cost = secondsEach === 0 ? {} : { secondsPerThousand: 1000 * secondsEach };
  await events.send('done', cost satisfies Done);
};

/** The first variant of each image, then the second of each, and so on. */
const wantedBy = ({ images, variants }: Choice): Wanted[] =>
  Array.from({ length: variants }, (_, variant) => images.map((image) => ({ image, variant }))).flat();

type Making = { readonly some: readonly Named[]; readonly strength: number; readonly signal: AbortSignal };

const makeVariants = async (
  { model, data }: StudioContext,
  { encodings }: NamedImages,
  { some, strength, signal }: Making,
): Promise<(Named & KeptVariant)[]> => {
  const throws = some.map(({ thrown }) => thrown);
  const isMoving = throws[0]?.plan.isMoving ?? false;
  const pixels = isMoving
    ? (await driveAsync(fly(model, throws, { encodings, signal }))).pixels
    : throws.map(({ image }) => image.pixels);
  return Promise.all(
    some.map(async (one, n) => {
      const own = pixels[n] as Float32Array;
      const bytes = toBytes(fromModelRange(own, '0..1', 'float32') as Float32Array);
      return {
        ...one,
        strength,
        url: dataUrl(await pngOf(bytes, data.imageShape)),
        distance: distanceBetween(one.thrown.image.pixels, own),
      };
    }),
  );
};
