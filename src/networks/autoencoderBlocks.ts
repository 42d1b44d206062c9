import type { Trunk } from './autoencoderConfig.ts';
import type { NetOps } from './ops.ts';
import { conv, groupNorm, type Layer, linear, type Scope } from './scope.ts';

type Style = Pick<Trunk, 'activation' | 'normGroups'>;

const EPSILON = 1e-6; // of every norm, whatever the config says

/** Layers one after the other. What one has made is free as soon as the next has seen it. */
export const sequence = <T>({ part }: NetOps<T>, layers: readonly Layer<T>[]): Layer<T> =>
  layers.reduce((before, layer) => (x) => part(() => layer(before(x))));

/** A norm, an activation and a convolution. */
export const normedConv = <T>(
  scope: Scope<T>,
  [normName, convName]: readonly [string, string],
  { from, to, normGroups: groups, activation }: Style & { readonly from: number; readonly to: number },
): Layer<T> => {
  const { ops } = scope;
  const norm = groupNorm(scope, normName, { channels: from, groups, epsilon: EPSILON });
  return sequence(ops, [norm, (x) => ops.activate(x, activation), conv(scope, convName, { from, to, size: 3 })]);
};

/**
 * A residual block that knows nothing of time.
 *
 * @see He et al. 2016, arXiv:1603.05027.
 */
export const residualBlock = <T>(scope: Scope<T>, shape: Step, style: Style): Layer<T> => {
  const { from, to } = shape;
  const first = normedConv(scope, ['norm1', 'conv1'], { ...style, from, to });
  const second = normedConv(scope, ['norm2', 'conv2'], { ...style, from: to, to });
  const change = sequence(scope.ops, [first, second]);
  const shortcut: Layer<T> = from === to ? (x) => x : conv(scope, 'conv_shortcut', { from, to, size: 1 });
  return (x) => scope.ops.part(() => scope.ops.add(shortcut(x), change(x)));
};

/** Channels before and after. */
export type Step = { readonly from: number; readonly to: number };

/**
 * Attention of one head between all positions, added to its input. It goes by rows, since ONNX Runtime then does without
 * the table of all pairs of positions: 0.5 GB where it would be 2.6 GB for an image of 1024 x 1024.
 *
 * @see Vaswani et al. 2017, arXiv:1706.03762, equation 1.
 */
export const attentionBlock = <T>(scope: Scope<T>, channels: number, { normGroups: groups }: Style): Layer<T> => {
  const { ops } = scope;
  const norm = groupNorm(scope, 'group_norm', { channels, groups, epsilon: EPSILON });
  const project = (name: string) => linear(scope, name, { from: channels, to: channels });
  const [query, key, value, out] = [project('to_q'), project('to_k'), project('to_v'), project('to_out.0')];
  const head = { count: 1, dim: channels, causal: false };
  return (x) =>
    ops.part(() => {
      const rows = ops.toRows(norm(x));
      return ops.add(ops.toMap(out(ops.attend(query(rows), key(rows), value(rows), head)), x), x);
    });
};
