import type { ImageShape } from '../../tensors/noise.ts';

/** Bytes in a file of a shard: a PNG, or pixels as they are (`raw`). */
export type Span = {
  /** Which of the shard's files. */
  readonly file: number;
  readonly at: number;
  readonly bytes: number;
  readonly raw?: true;
};

/** A sample that a shard holds. */
export type SampleEntry = {
  readonly id: string;
  readonly place: number;
  /** What the augmenter calls the image: a digest of its pixels. */
  readonly key: string;
  /** What it calls the same image in float32; see `floatKey`. */
  readonly floatKey: string;
  readonly shape: ImageShape;
  readonly label?: number;
  readonly softLabel?: readonly number[];
  /** Whether no variant passed, so that the image stayed as it is. */
  readonly unchanged?: true;
  /**
   * Digests (16 digits of SHA-256) of the names under which a bank is asked for this sample, without the machine: those
   * of all variants that were tried.
   */
  readonly bankNames: readonly string[];
  readonly picture: Span;
  readonly clean?: Span;
};

/** An image that gave no sample, and why. */
export type FailedImage = { readonly place: number; readonly name: string; readonly why: string };

/**
 * What says that a shard is done, and what it holds: `shards/<name>.json` in the destination, put there once, after the
 * shard's files. Files that no record names are left-overs of somebody who was ended, or came second.
 */
export type ShardRecord = {
  readonly version: 1;
  readonly shard: string;
  /** The digest of the plan. */
  readonly run: string;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly samples: readonly SampleEntry[];
  readonly failed: readonly FailedImage[];
  /** What computed it, for whoever wonders why two machines round differently. */
  readonly made: { readonly engine: string; readonly backend: string; readonly device: string };
};

/** The place of a shard's record. */
export const recordName = (shard: string): string => `shards/${shard}.json`;
