import { BoomerangError } from '../../errors.ts';
import { imageKey } from '../../tensors/imageKey.ts';
import { toModelRange } from '../../tensors/range.ts';
import { breathe } from '../tuning/breathe.ts';
import { floatKey } from './floatKey.ts';
import type { Sample } from './format.ts';
import { isPair, type RunPlan, type Shard, sampleId, softens } from './plan.ts';
import { type ReadImage, type ReadRange, whyOf } from './readImages.ts';
import type { FailedImage } from './shardRecord.ts';
import type { MadeVariant, VariantMaker } from './variantMaker.ts';

/** A sample, with what its shard's record says of it beside. */
export type MadeSample = Pick<MadeVariant, 'key' | 'bankNames'> & {
  readonly sample: Sample;
  readonly floatKey: string;
};

export type MadeShard = { readonly made: readonly MadeSample[]; readonly failed: readonly FailedImage[] };

export type MakingShard = {
  readonly plan: RunPlan;
  readonly shard: Shard;
  readonly range: ReadRange;
  readonly make: VariantMaker;
  readonly signal: AbortSignal;
  readonly onProgress?: ((images: number) => void) | undefined;
};

/**
 * Makes the samples of a shard. Where some images fail together, each is tried once more alone: those that fail again
 * are listed, and the others go on.
 */
export const makeShard = async (making: MakingShard): Promise<MadeShard> => {
  const { range, signal, onProgress } = making;
  const made: MadeSample[] = [];
  const failed: FailedImage[] = [...range.failed];
  for (const batch of batchesOf(range.images)) {
    await breathe(signal);
    const found = await makeBatch(making, batch);
    for (const one of found)
      if ('why' in one) failed.push(one);
      else made.push(one);
    onProgress?.(made.length + failed.length);
  }
  return { made, failed: failed.sort((a, b) => a.place - b.place) };
};

/** Values of images that walk together, at most. */
const MOST_VALUES = 2 ** 22;
const MOST_IMAGES = 50;

/** Neighbours of the same shape. */
function* batchesOf(images: readonly ReadImage[]): Generator<readonly ReadImage[]> {
  let batch: ReadImage[] = [];
  for (const image of images) {
    const [first = image] = batch;
    const most = Math.max(1, Math.min(MOST_IMAGES, Math.floor(MOST_VALUES / image.pixels.length)));
    if (batch.length >= most || String(first.shape) !== String(image.shape)) {
      yield batch;
      batch = [];
    }
    batch.push(image);
  }
  if (batch.length > 0) yield batch;
}

const makeBatch = async (
  making: MakingShard,
  images: readonly ReadImage[],
): Promise<readonly (MadeSample | FailedImage)[]> => {
  const { shard, make } = making;
  const { variant } = shard;
  if (variant === 'original') return images.map((image) => sampleOf(making, image, originalOf(making.plan, image)));
  const samples = async (some: readonly ReadImage[]): Promise<MadeSample[]> =>
    (await make(some, variant)).map((made, n) => sampleOf(making, some[n] as ReadImage, made));
  try {
    return await samples(images);
  } catch (error) {
    if (!isOfAnImage(error)) throw error;
  }
  const found: (MadeSample | FailedImage)[] = [];
  for (const image of images) {
    const alone = (): Promise<readonly (MadeSample | FailedImage)[]> => samples([image]);
    found.push(
      ...(await alone().catch((error: unknown) => {
        if (!isOfAnImage(error)) throw error;
        return [{ place: image.place, name: image.name, why: whyOf(error, image.name) }];
      })),
    );
  }
  return found;
};

const OF_AN_IMAGE: readonly string[] = ['not-finite', 'bad-image-shape'];

/** Whether an error may be the fault of one image, rather than of the run. */
const isOfAnImage = (error: unknown): boolean => error instanceof BoomerangError && OF_AN_IMAGE.includes(error.code);

/** An image as the transform leaves those that it does not change. */
const originalOf = (plan: RunPlan, { pixels, className }: ReadImage): MadeVariant => {
  const { classes = [] } = plan.data;
  const isSoft = softens(plan);
  return {
    key: imageKey(toModelRange(pixels, '0..255')),
    pixels,
    bankNames: [],
    ...(isSoft ? { softLabel: classes.map((name) => Number(name === className)) } : {}),
  };
};

const sampleOf = ({ plan, shard }: MakingShard, image: ReadImage, made: MadeVariant): MadeSample => {
  const { place, name, shape, className } = image;
  const { key, pixels, softLabel, record, bankNames } = made;
  const id = sampleId(place, shard.variant);
  const label = className === undefined ? -1 : (plan.data.classes ?? []).indexOf(className);
  const sample: Sample = {
    ...{ id, place, name, shape, pixels },
    ...(isPair(plan) ? { clean: image.pixels } : {}),
    ...(label < 0 ? {} : { label, className: className as string }),
    ...(softLabel ? { softLabel } : {}),
    ...(record ? { record } : {}),
  };
  return { key, floatKey: floatKey(image.pixels), bankNames, sample };
};
