import type { NetOps, Parameters } from './ops.ts';

/** Values of a network by name. */
export type Values<T> = Readonly<Record<string, T>>;

/** What goes into a network, for one image. */
export type Input =
  /** A feature map. Height and width must be divisible by `multiple`. */
  | { readonly kind: 'map'; readonly channels: number; readonly multiple: number }
  /** Rows of tokens. */
  | { readonly kind: 'rows'; readonly channels: number }
  /** A number, such as a timestep. */
  | { readonly kind: 'number' }
  /** A whole number, such as a label. */
  | { readonly kind: 'index' }
  /** Whole numbers, one for each token. */
  | { readonly kind: 'indices' };

/**
 * A network, whatever computes it: what it takes by name, and how it is built. Inputs are called `x` (a map),
 * `timesteps`, `labels`, `embeddings` (rows), `guidance` (numbers) and `ids` (indices). Building takes every parameter
 * once, by the name that it has in PyTorch; nothing is computed before what was built is called.
 */
export type Architecture = {
  readonly inputs: Readonly<Record<string, Input>>;
  /** Names of what it gives; `output` where there is one alone. */
  readonly outputs: readonly string[];
  build<T>(ops: NetOps<T>, parameters: Parameters<T>): (inputs: Values<T>) => Values<T>;
};

/** A value that a network was promised. @throws Error for one that is not there: a mistake in whoever calls it. */
export const namedValue = <T>(values: Values<T>, name: string): T => {
  const value = values[name];
  if (value === undefined) throw new Error(`no value ${name}; there are: ${Object.keys(values).join(', ')}`);
  return value;
};
