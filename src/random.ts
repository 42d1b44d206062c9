import seedrandom from 'seedrandom';

/**
 * The address of a stream of random numbers, for example `[seed, image, 'step', epoch, variant, step]`. Equal
 * addresses give equal numbers, whatever was drawn before, elsewhere, or in which order.
 */
export type SeedPath = readonly (string | number | boolean | SeedPath)[];

/**
 * The stream of uniform numbers in [0, 1) at an address.
 *
 * The path is written as JSON, since `alea([1, 23])` and `alea('1,23')` are the same stream, and `''` and `0` would
 * count as no seed at all.
 */
export const uniformStream = (path: SeedPath): (() => number) => {
  const generator = seedrandom.alea(JSON.stringify(path));
  return () => generator.double();
};

/** The first number of the stream at an address: one decision, such as whether an image is changed in an epoch. */
export const uniform = (path: SeedPath): number => uniformStream(path)();

/**
 * `count` numbers from the standard normal distribution, written into `out` from `offset` on.
 *
 * @see Box and Muller 1958, "A Note on the Generation of Random Normal Deviates".
 */
export const fillGaussian = (path: SeedPath, out: Float32Array, offset = 0, count = out.length - offset): void => {
  const next = uniformStream(path);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - next())); // 1 - u is never 0
    const angle = 2 * Math.PI * next();
    out[offset + i] = radius * Math.cos(angle);
    if (i + 1 < count) out[offset + i + 1] = radius * Math.sin(angle);
  }
};

/**
 * The items in an order that the address decides; the list itself stays as it is.
 *
 * @see Fisher and Yates 1938, "Statistical Tables for Biological, Agricultural and Medical Research".
 */
export const shuffled = <T>(items: Iterable<T>, path: SeedPath): T[] => {
  const next = uniformStream(path);
  const order = [...items];
  for (let n = order.length - 1; n > 0; n -= 1) {
    const other = Math.floor(next() * (n + 1));
    [order[n], order[other]] = [order[other] as T, order[n] as T];
  }
  return order;
};
