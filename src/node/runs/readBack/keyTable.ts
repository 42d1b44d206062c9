/** Digits of a key in base 16, of which two take a byte. */
const DIGITS = 32;
const BYTES = DIGITS / 2;
/** Digits of a key that a number can hold, and how many keys begin otherwise. */
const FIRST_DIGITS = 13;
const FIRSTS = 16 ** FIRST_DIGITS;

/** What the images of a run are called, in 33 bytes each: a data set of millions has room in memory. */
export type KeyTable = {
  /** @param alias another key by which it is found. */
  add(place: number, key: string, alias: string): void;
  /** Undefined for an image that has no sample. */
  keyAt(place: number): string | undefined;
  /** Images that may have a key: it is theirs, or begins like theirs. */
  find(key: string): readonly number[];
};

/** @param count images of the data, those without samples included. */
export const keyTable = (count: number): KeyTable => {
  const keys = Buffer.alloc(count * BYTES);
  const isThere = new Uint8Array(count);
  // The beginning of a key and its place in a number each, so that sorting numbers sorts keys.
  const places = 2 ** Math.ceil(Math.log2(Math.max(2, count)));
  const shared = FIRSTS / Math.min(FIRSTS, 2 ** 53 / places);
  const beginning = (key: string): number => Math.floor(Number.parseInt(key.slice(0, FIRST_DIGITS), 16) / shared);
  const known = new Float64Array(2 * count);
  let length = 0;
  let isSorted = true;
  const sorted = (): Float64Array => {
    const all = known.subarray(0, length);
    if (!isSorted) all.sort();
    isSorted = true;
    return all;
  };
  return {
    add(place, key, alias) {
      if (isThere[place]) return;
      keys.write(key, place * BYTES, 'hex');
      isThere[place] = 1;
      for (const one of [key, alias]) {
        known[length] = beginning(one) * places + place;
        length += 1;
      }
      isSorted = false;
    },
    keyAt: (place) => (isThere[place] ? keys.toString('hex', place * BYTES, (place + 1) * BYTES) : undefined),
    find(key) {
      const first = beginning(key) * places;
      const all = sorted();
      const found = new Set<number>();
      for (let n = firstFrom(all, first); n < all.length && (all[n] as number) < first + places; n += 1) {
        found.add((all[n] as number) - first);
      }
      return [...found];
    },
  };
};

/** Where numbers of at least so much begin, in a list that rises. */
const firstFrom = (sorted: Float64Array, least: number): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
};
