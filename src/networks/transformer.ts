import { badConfig } from './configFields.ts';
import { conv, groupNorm, type Layer, layerNorm, linear, type Scope, within } from './scope.ts';
import type { Transformer } from './unetConfig.ts';

/** A part that also sees rows from outside, such as those of a prompt. */
export type Contextual<T> = (x: T, context: T) => T;

export type TransformerShape = Omit<Transformer, 'kind'> & {
  readonly channels: number;
  /** Of the norm before the way in. */
  readonly groups: number;
};

const WAY_IN_EPSILON = 1e-6; // whatever the config's norm_eps is
const ROW_EPSILON = 1e-5;

/**
 * A transformer on the positions of a feature map: blocks of self-attention, attention to rows from outside and
 * feed-forward, all together added to the map.
 *
 * @throws CheckpointError `bad-config` for more heads than channels.
 * @see Rombach et al. 2022, arXiv:2112.10752, section 3.3 and appendix E.2.1.
 */
export const transformer = <T>(scope: Scope<T>, shape: TransformerShape): Contextual<T> => {
  const { ops } = scope;
  const { channels, groups, depth, linearProjection } = shape;
  const inner = headsOf(shape).dim * shape.heads; // below the channels where the heads do not divide them
  const norm = groupNorm(scope, 'norm', { channels, groups, epsilon: WAY_IN_EPSILON });
  const project = (name: string, ways: { readonly from: number; readonly to: number }): Layer<T> =>
    linearProjection ? linear(scope, name, ways) : conv(scope, name, { ...ways, size: 1 });
  const [enter, leave] = [
    project('proj_in', { from: channels, to: inner }),
    project('proj_out', { from: inner, to: channels }),
  ];
  const blocks = Array.from({ length: depth }, (_, i) => block(within(scope, `transformer_blocks.${i}`), shape, inner));
  const toRows: Layer<T> = (x) => (linearProjection ? enter(ops.toRows(norm(x))) : ops.toRows(enter(norm(x))));
  return (x, context) =>
    ops.part(() => {
      const rows = blocks.reduce(
        (y, next) => next(y, context),
        ops.part(() => toRows(x)),
      );
      return ops.add(linearProjection ? ops.toMap(leave(rows), x) : leave(ops.toMap(rows, x)), x);
    });
};

const headsOf = ({ channels, heads }: TransformerShape) => {
  if (heads > channels)
    throw badConfig('attention_head_dim', heads, `at most ${channels}, the channels at an attention`);
  return { count: heads, dim: Math.floor(channels / heads) };
};

/** Three sums of the rows with what a part makes of their norm: what they see of each other, of the context, alone. */
const block = <T>(scope: Scope<T>, shape: TransformerShape, inner: number): Contextual<T> => {
  const { ops } = scope;
  const { contextSize, onlyCross } = shape;
  const norm = (name: string): Layer<T> => layerNorm(scope, name, { channels: inner, epsilon: ROW_EPSILON });
  const [norm1, norm2, norm3] = [norm('norm1'), norm('norm2'), norm('norm3')];
  const first = rowAttention(within(scope, 'attn1'), shape, onlyCross ? contextSize : inner);
  const second = rowAttention(within(scope, 'attn2'), shape, contextSize);
  const feed = feedForward(within(scope, 'ff.net'), inner);
  return (rows, context) => {
    const seen = ops.part(() => {
      const normed = norm1(rows);
      return ops.add(first(normed, onlyCross ? context : normed), rows);
    });
    const told = ops.part(() => ops.add(second(norm2(seen), context), seen));
    return ops.part(() => ops.add(feed(norm3(told)), told));
  };
};

/** Attention of rows to other rows, which have `from` channels. */
const rowAttention = <T>(scope: Scope<T>, shape: TransformerShape, from: number): Contextual<T> => {
  const heads = headsOf(shape);
  const inner = heads.count * heads.dim;
  const query = linear(scope, 'to_q', { from: inner, to: inner, bias: false });
  const key = linear(scope, 'to_k', { from, to: inner, bias: false });
  const value = linear(scope, 'to_v', { from, to: inner, bias: false });
  const out = linear(scope, 'to_out.0', { from: inner, to: inner });
  return (rows, others) => out(scope.ops.attend(query(rows), key(others), value(others), { ...heads, causal: false }));
};

/** Two layers, of which the first gates one half of its channels by the other. @see Shazeer 2020, arXiv:2002.05202 */
const feedForward = <T>(scope: Scope<T>, channels: number): Layer<T> => {
  const { ops } = scope;
  const hidden = 4 * channels;
  const widen = linear(scope, '0.proj', { from: channels, to: 2 * hidden });
  const narrow = linear(scope, '2', { from: hidden, to: channels });
  return (rows) => {
    const wide = widen(rows);
    const gate = ops.activate(ops.channels(wide, hidden, 2 * hidden), 'gelu');
    return narrow(ops.multiply(ops.channels(wide, 0, hidden), gate));
  };
};
