import * as v from 'valibot';
import { checkOptions, count, type OptionsOf } from '../checks.ts';
import { ArgumentError } from '../errors.ts';

/**
 * Keeps variants by name, and never forgets one: what the user asked to keep is never made twice. Values are typed
 * arrays in [-1, 1], which must not be written to.
 */
export type Bank = {
  /** How many variants of each image take turns. */
  readonly variants: number;
  /** What it may hold, in bytes. @defaultValue without bounds */
  readonly maxBytes?: number | undefined;
  get(name: string): Float32Array | undefined;
  /** @throws ArgumentError `bank-full` where it cannot keep a variant. */
  put(name: string, variant: Float32Array): void;
  stats(): { readonly entries: number; readonly bytes: number };
  /** As `get` of each, for a bank that has to wait for what it has. Then `get` is never asked. */
  fetch?(names: readonly string[]): Promise<readonly (Float32Array | undefined)[]>;
  /** How many variants of each image filters were shown when it was filled: then `tries` is not asked. */
  readonly tries?: number | undefined;
  /** What filters said of a variant that the bank gave, where it has kept that; then they are not asked again. */
  judged?(variant: Float32Array): boolean | undefined;
  /** Whether variants are in the size of their images, where `fit` had the model see another one. */
  readonly isFitted?: true;
  /** Whether it has all that it will ever have: `get` throws rather than have a variant made. */
  readonly isComplete?: true;
  /** Gives up files and the like, where a bank has any. What it keeps is found by the next one. */
  dispose?(): void;
};

/** What banks in memory and on disk are told. */
export const bankSchema = v.strictObject({
  /** How many variants of each image take turns. */
  variants: count(),
  /** What it may hold, in bytes; whoever fills it says beforehand whether that will do. @defaultValue without bounds */
  maxBytes: v.optional(count()),
});

/** @interface */
export type BankOptions = OptionsOf<typeof bankSchema>;

/**
 * A bank in memory.
 *
 * @throws ArgumentError `bad-variants`, `bad-max-bytes`, `unknown-option`.
 */
export const memoryBank = (options: BankOptions): Bank => {
  checkOptions('memoryBank', bankSchema, options);
  const { variants, maxBytes } = options;
  const kept = new Map<string, Float32Array>();
  let bytes = 0;
  return {
    variants,
    maxBytes,
    get: (name) => kept.get(name),
    put(name, variant) {
      if (bytes + variant.byteLength > (maxBytes ?? Number.POSITIVE_INFINITY)) throw bankFull(kept.size, maxBytes);
      bytes += variant.byteLength - (kept.get(name)?.byteLength ?? 0);
      kept.set(name, variant);
    },
    stats: () => ({ entries: kept.size, bytes }),
  };
};

/** Said rather than forgetting what was made. */
export const bankFull = (entries: number, maxBytes: number | undefined): ArgumentError =>
  new ArgumentError(
    'bank-full',
    `the bank holds ${entries} variants, as many as ${maxBytes} bytes take, and was asked to keep another; raise ` +
      'maxBytes, keep fewer variants, or bank on disk with diskBank(folder, …)',
  );
