import type { Summary } from './statistics.ts';

/** One measured number: what was measured, where, and what was hoped for. */
export type Figure = Summary & {
  /** Name of the benchmark. */
  readonly bench: string;
  /** Heading of the table that it stands in, for benchmarks with several. */
  readonly table?: string;
  /** What computed the network, and the backend of TensorFlow.js that did the rest. */
  readonly engine: string;
  /** The row: what it was measured on, such as a network, an engine, a batch. */
  readonly at: Readonly<Record<string, string | number>>;
  /** The column: what was measured. */
  readonly what: string;
  /** Empty for a ratio or a count. */
  readonly unit: string;
  readonly wanted?: Wanted;
};

/** Bounds that a figure should keep. */
export type Wanted = { readonly least?: number; readonly most?: number };

export const isMet = ({ median, wanted = {} }: Figure): boolean =>
  median >= (wanted.least ?? Number.NEGATIVE_INFINITY) && median <= (wanted.most ?? Number.POSITIVE_INFINITY);

/** Text that is equal for figures of the same thing, whenever and wherever they were taken. */
export const figureKey = ({ bench, table, at, what }: Figure): string => JSON.stringify([bench, table, at, what]);
