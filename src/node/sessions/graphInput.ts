import { CheckpointError } from '../../errors.ts';

export type ImageLayout = 'nhwc' | 'nchw';

/** One input of a graph, as it is fed. */
export type GraphInput = {
  /** What feeds call it. */
  readonly role: string;
  /** What the graph calls it. */
  readonly name: string;
  readonly type: NumberType;
  /**
   * Sizes of one row, 0 where the graph takes any: `[H, W, C]` of a map in whichever layout, `[L, C]` of rows of tokens,
   * `[L]` of ids, `[]` of a number.
   */
  readonly shape: readonly number[];
  /** Of the graph's own tensor. A number for each row may be `[N]` or `[N, 1]`; of rank 0 there is one for all. */
  readonly rank: number;
};

export type NumberType = 'float32' | 'float64' | 'int32' | 'int64';

const NUMBER_TYPES: readonly string[] = ['float32', 'float64', 'int32', 'int64'] satisfies NumberType[];

export const isInteger = (type: NumberType): boolean => type === 'int32' || type === 'int64';

/** What is a single number for each row, though a graph may leave open in how many columns. */
const SINGLE: readonly string[] = ['timesteps', 'labels', 'guidance'];

/** An input as ONNX Runtime describes it; a text stands for a size that is free. */
type Described = { readonly name: string; readonly type: string; readonly shape: readonly (number | string)[] };

/**
 * Understands an input by its type and rank: a map, rows of tokens, ids, or numbers.
 *
 * @throws CheckpointError `bad-graph` where it is none of them.
 */
export const graphInput = (role: string, { name, type, shape }: Described, layout: ImageLayout): GraphInput => {
  const rank = shape.length;
  const row = rowShape(role, { name, type, shape });
  if (row === undefined || !NUMBER_TYPES.includes(type)) {
    const rule = 'float32 of rank 4 or 3, integers [N, L], or a number for each row can be fed';
    throw new CheckpointError('bad-graph', `the input "${name}" is ${type} [${shape}]; ${rule}`);
  }
  const [a = 0, b = 0, c = 0] = row;
  return { role, name, type: type as NumberType, shape: rank === 4 && layout === 'nchw' ? [b, c, a] : row, rank };
};

/** Sizes of one row in the graph's own layout; undefined for what cannot be fed. */
const rowShape = (role: string, { type, shape }: Described): readonly number[] | undefined => {
  const sizes = shape.slice(1).map((size) => (typeof size === 'number' ? size : 0));
  if (shape.length === 4 || shape.length === 3) return type === 'float32' ? sizes : undefined;
  if (shape.length > 4) return undefined;
  const [columns = 1] = sizes;
  const isOpen = columns === 0;
  const isTokens = type.startsWith('int') && columns !== 1 && !(isOpen && SINGLE.includes(role));
  if (isTokens) return sizes;
  return columns === 1 || isOpen ? [] : undefined;
};
