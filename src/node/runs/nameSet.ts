import { createHash } from 'node:crypto';

/** Very many names, of which only digests are kept, 8 bytes each. */
export type NameSet = { add(name: string): void; has(name: string): boolean };

export const nameSet = (): NameSet => {
  let digests = new Float64Array(1024);
  let count = 0;
  let isSorted = true;
  return {
    add(name) {
      if (count === digests.length) {
        const more = new Float64Array(2 * count);
        more.set(digests);
        digests = more;
      }
      digests[count] = digestOf(name);
      count += 1;
      isSorted = false;
    },
    has(name) {
      if (!isSorted) digests.subarray(0, count).sort();
      isSorted = true;
      return includes(digests.subarray(0, count), digestOf(name));
    },
  };
};

/** 48 bits: a float64 holds them exactly. */
const digestOf = (name: string): number => createHash('sha256').update(name).digest().readUIntBE(0, 6);

const includes = (sorted: Float64Array, wanted: number): boolean => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
};
