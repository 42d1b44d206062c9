/** As many as a session of ONNX Runtime takes at once. */
const MOST = 16;
/** What takes longer than that is not made larger: people see it come. */
const LONG_SECONDS = 0.4;

/**
 * Works through some things in batches: the first is small, so that something is there soon, and they grow as long as
 * they are quick.
 *
 * @returns seconds that one takes in the fullest batches.
 */
export const batchesByTime = async <T>(
  all: readonly T[],
  work: (some: readonly T[]) => Promise<void>,
): Promise<number> => {
  let [size, seconds] = [1, 0];
  for (let start = 0; start < all.length; ) {
    const some = all.slice(start, start + size);
    const began = performance.now();
    await work(some);
    const took = (performance.now() - began) / 1000;
    if (some.length === size) seconds = took / size; // a rest at the end tells less
    start += some.length;
    if (took < LONG_SECONDS / 2) size = Math.min(MOST, 2 * size);
    else if (took > 2 * LONG_SECONDS) size = Math.max(1, Math.floor(size / 2));
  }
  return seconds;
};
