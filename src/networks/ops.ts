/**
 * What an architecture may ask of an engine. A network is a function that is generic in `T`: with tensors it runs,
 * with names of graph values it writes a graph. What `T` stands for: feature maps, `[N, H, W, C]` in meaning, vectors
 * `[N, C]`, rows of tokens `[N, L, C]`, numbers or indices `[N]`, and indices of tokens `[N, L]`; how an engine lays
 * them out in memory is its own business.
 *
 * Parameters come in PyTorch's layouts (convolution `[out, in, kh, kw]`, linear `[out, in]`): an engine that wants
 * another layout converts them in its `Parameters`.
 */
export type NetOps<T> = {
  /** Convolution over space; `padding` in pixels, `[top, bottom, left, right]`, filled with zeros. */
  conv2d(x: T, weight: T, bias: T | null, options: ConvOptions): T;
  /** `x · weightᵀ + bias` for vectors or rows. */
  linear(x: T, weight: T, bias: T | null): T;
  /** Normalisation over groups of neighbouring channels and all of space, then scale and shift per channel. */
  groupNorm(x: T, scale: T, shift: T, options: { readonly groups: number; readonly epsilon: number }): T;
  /** Normalisation of each row by itself, then scale and shift per channel. */
  layerNorm(rows: T, scale: T, shift: T, options: { readonly epsilon: number }): T;
  activate(x: T, activation: Activation): T;
  /** Of equal shapes. */
  add(a: T, b: T): T;
  /** Element by element, of equal shapes. */
  multiply(a: T, b: T): T;
  /** `x * factor + offset` with plain numbers. */
  affine(x: T, factor: number, offset: number): T;
  /** Adds a vector `[N, C]` to every position of a feature map. */
  addVector(x: T, vector: T): T;
  /** Adds the first L rows of a table `[most, C]` to rows `[N, L, C]`. */
  addRows(rows: T, table: T): T;
  /** `x * (1 + scale) + shift`, both halves of a vector `[N, 2C]`: the first is the scale. */
  modulate(x: T, scaleShift: T): T;
  concatChannels(a: T, b: T): T;
  /** The channels from one number to before another, of a map, vectors or rows. */
  channels(x: T, from: number, to: number): T;
  /** Nearest neighbour, twice as high and wide. */
  upsample2x(x: T): T;
  /** Nearest neighbour, as high and wide as another map: pixel i is pixel `floor(i * from / to)`. */
  upsampleLike(x: T, like: T): T;
  /** Mean over windows of 2 x 2, stride 2. */
  averagePool2x(x: T): T;
  /** The positions of a map as rows, `[N, H * W, C]`. */
  toRows(map: T): T;
  /** Rows as a map of the height and width of another one. */
  toMap(rows: T, like: T): T;
  /** Self-attention over positions, `softmax(q kᵀ / sqrt(headDim)) v` per head, then the output projection. */
  attention(x: T, weights: AttentionWeights<T>, heads: Heads): T;
  /** The same for rows that were projected: queries `[N, Lq, C]`, keys and values `[N, Lk, C]`; gives `[N, Lq, C]`. */
  attend(query: T, key: T, value: T, options: AttendOptions): T;
  /** Sines and cosines of `timesteps * frequencies`, as `[N, 2 * frequencies.length]`. */
  sinusoid(timesteps: T, frequencies: readonly number[], order: 'sin-cos' | 'cos-sin'): T;
  /** Rows of a table `[rows, C]` by index: vectors for `[N]`, rows for `[N, L]`. */
  embedding(table: T, indices: T): T;
  /** Each position of a map becomes the row of a table `[rows, C]` that is nearest to it. */
  nearestRow(x: T, table: T): T;
  /** A part of a network of which nothing is used later but its result: what else it made may be freed. */
  part(compute: () => T): T;
};

export type ConvOptions = {
  readonly stride: number;
  readonly padding: readonly [top: number, bottom: number, left: number, right: number];
};

export type Activation = 'silu' | 'gelu' | 'quick-gelu' | 'relu' | 'mish' | 'tanh';

/** Queries, keys and values have `count * dim` channels; those of a head lie side by side. */
export type Heads = { readonly count: number; readonly dim: number };

export type AttendOptions = Heads & {
  /** Whether a row sees only those before it, and itself. */
  readonly causal: boolean;
};

/** Scores of attention that an engine holds at a time, at most, where it holds any: from there on queries take turns. */
export const MOST_SCORES = 2 ** 26;

export type AttentionWeights<T> = {
  readonly query: Affine<T>;
  readonly key: Affine<T>;
  readonly value: Affine<T>;
  readonly out: Affine<T>;
};

export type Affine<T> = { readonly weight: T; readonly bias: T };

/**
 * Hands out the parameters of a network by name. The network says which shape it expects, in PyTorch's order.
 * An implementation refuses an absent name and another shape, and can say which names nobody took.
 */
export type Parameters<T> = (name: string, shape: readonly number[]) => T;
