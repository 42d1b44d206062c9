import type { VariantRecord } from '../../returns/record.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { Shard } from './plan.ts';
import type { Span } from './shardRecord.ts';

export type { FormatName } from './plan.ts';

/** A sample before it lies in a file. */
export type Sample = {
  /** `00000012-v0`: the place of its image, and its variant. */
  readonly id: string;
  /** Its image in the data. */
  readonly place: number;
  /** What the data calls that. */
  readonly name: string;
  readonly shape: ImageShape;
  /** `height * width * channels` bytes; with pairs, of the variant. */
  readonly pixels: Uint8Array;
  /** The original of a pair. */
  readonly clean?: Uint8Array;
  /** Absent where the data has no classes. */
  readonly label?: number;
  readonly className?: string;
  /** Shares of the classes, where labels are soft. */
  readonly softLabel?: readonly number[];
  /** How it was made; the last one that was tried where none passed; absent of originals. */
  readonly record?: VariantRecord;
};

/** A file of a shard. Its name holds a digest of its content, so that two that differ never meet. */
export type ShardFile = { readonly name: string; readonly bytes: Uint8Array };

/** Where a sample's pictures lie. */
export type Laid = {
  readonly files: readonly ShardFile[];
  /** By sample. */
  readonly spans: readonly { readonly picture: Span; readonly clean?: Span }[];
};

export type Format = {
  /**
   * Lays out the samples of a shard; equal samples give equal bytes, on every machine.
   *
   * @throws ArgumentError `bad-format` for what it cannot hold.
   */
  lay(shard: Shard, samples: readonly Sample[]): Promise<Laid>;
};
