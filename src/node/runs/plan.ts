import { createHash } from 'node:crypto';
import type { Precision } from '../../models/model.ts';
import type { AugmentConfig } from '../../transforms/boomerang/augmentState.ts';

/** How samples lie in files: a folder of pictures for each class, tar shards as WebDataset has them, TFRecord, or IDX. */
export type FormatName = 'folder' | 'webdataset' | 'tfrecord' | 'idx';

/**
 * Everything that decides the bytes of a run, as plain JSON: where its data, its model and its destination lie is no
 * part of it, nor how many machines take part. A destination keeps the plan of its run, and refuses another one.
 */
export type RunPlan = {
  /** Of this form of a plan. */
  readonly version: 1;
  /** The version of the package: another one may make other variants. */
  readonly program: string;
  readonly data: {
    /** Of its layout: the names, numbers and classes of its images. */
    readonly digest: string;
    /** Images, those that cannot be read included. */
    readonly count: number;
    readonly classes?: readonly string[];
  };
  readonly model: { readonly digest: string; readonly precision: Precision };
  /** Variants of each image. */
  readonly variants: number;
  /** Whether the originals are samples as well. */
  readonly originals: boolean;
  /** Images of which a shard holds a variant each. */
  readonly shardImages: number;
  readonly format: FormatName;
  /** What `getConfig()` gives of the transform that makes the variants, with its seed and strength. */
  readonly augment: AugmentConfig;
  /** The classifier that judges variants, if one does, and what it asks of them; see `Keep`. */
  readonly keep?: { readonly classifier: string; readonly minProbability?: number; readonly topK?: number };
};

/** Which plan it is: 16 hexadecimal digits. */
export const planDigest = (plan: RunPlan): string =>
  createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);

/**
 * The work of a run that is done or not done as a whole: one variant of each of some images that follow one another.
 * It is known by its name, on whatever machine it is made.
 */
export type Shard = {
  readonly name: string;
  /** The place of the first image. */
  readonly first: number;
  readonly count: number;
  readonly variant: number | 'original';
};

/** The shards of a run, in their order: by images, then the original and the variants. */
export function* shardsOf(plan: RunPlan): Generator<Shard> {
  for (let first = 0; first < plan.data.count; first += plan.shardImages) yield* shardsFrom(plan, first);
}

/** Those of the same images. @param first the place where they begin. */
export function* shardsFrom({ data, variants, originals, shardImages }: RunPlan, first: number): Generator<Shard> {
  const count = Math.min(shardImages, data.count - first);
  if (originals) yield shardAt(first, count, 'original');
  for (let variant = 0; variant < variants; variant += 1) yield shardAt(first, count, variant);
}

const shardAt = (first: number, count: number, variant: Shard['variant']): Shard => ({
  name: sampleId(first, variant),
  first,
  count,
  variant,
});

/** How many shards a run has. */
export const shardCount = ({ data, variants, originals, shardImages }: RunPlan): number =>
  Math.ceil(data.count / shardImages) * (variants + (originals ? 1 : 0));

/** Whether samples are pairs of an image and its variant. */
export const isPair = ({ augment }: RunPlan): boolean => augment.options['mode'] === 'pair';

/** Whether labels are softened. */
export const softens = ({ augment }: RunPlan): boolean => augment.options['softLabels'] !== undefined;

/** What a sample is called, and a shard after its first one: `00000012-v0`, `00000012-original`. */
export const sampleId = (place: number, variant: Shard['variant']): string =>
  `${String(place).padStart(8, '0')}-${variant === 'original' ? variant : `v${variant}`}`;
