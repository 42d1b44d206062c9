import { LRUCache } from 'lru-cache';

/** What is kept of a variant. */
export type KeptVariant = {
  /** 0 for an image that its epoch leaves as it is. */
  readonly strength: number;
  /** A PNG as an address `data:`. */
  readonly url: string;
  /** Root mean square distance to its image, in [0, 1] units. */
  readonly distance: number;
};

/** Variants that were made, by names that say all that decides them. */
export type KeptVariants = {
  readonly get: (name: string) => KeptVariant | undefined;
  readonly set: (name: string, variant: KeptVariant) => void;
  /** Bytes held now. */
  readonly bytes: () => number;
};

const MOST_BYTES = 128 * 2 ** 20;

/** Keeps variants in memory, and forgets what was looked at least recently. */
export const keepVariants = (maxBytes: number = MOST_BYTES): KeptVariants => {
  const variants = new LRUCache<string, KeptVariant>({
    maxSize: maxBytes,
    sizeCalculation: ({ url }, name) => url.length + name.length,
  });
  return {
    get: (name) => variants.get(name),
    set: (name, variant) => void variants.set(name, variant),
    bytes: () => variants.calculatedSize,
  };
};
