import { badConfig } from './configFields.ts';
import { divide } from './resnet.ts';
import { affine, groupNorm, type Layer, type Scope } from './scope.ts';

export type AttentionShape = {
  readonly channels: number;
  /** Channels of a head; null makes one head of all channels. */
  readonly headDim: number | null;
  /** Groups of the norm before the attention; null leaves that norm out. */
  readonly groups: number | null;
  /** Of that norm. */
  readonly epsilon: number;
  /** What the sum with the input is divided by. @defaultValue 1 */
  readonly scaleFactor?: number;
};

/**
 * Self-attention between all positions of a feature map, added to its input.
 *
 * @throws CheckpointError `bad-config` for heads wider than the feature map.
 * @see Vaswani et al. 2017, arXiv:1706.03762, equation 1.
 */
export const selfAttention = <T>(scope: Scope<T>, shape: AttentionShape): Layer<T> => {
  const { ops } = scope;
  const { channels, groups, epsilon, scaleFactor = 1 } = shape;
  const dim = shape.headDim ?? channels;
  if (dim > channels) throw badConfig('attention_head_dim', dim, `at most ${channels}, the channels at an attention`);
  const heads = { count: Math.floor(channels / dim), dim };
  const inner = heads.count * dim; // below the channels where the heads do not divide them
  const norm: Layer<T> = groups === null ? (x) => x : groupNorm(scope, 'group_norm', { channels, groups, epsilon });
  const weights = {
    query: affine(scope, 'to_q', { from: channels, to: inner }),
    key: affine(scope, 'to_k', { from: channels, to: inner }),
    value: affine(scope, 'to_v', { from: channels, to: inner }),
    out: affine(scope, 'to_out.0', { from: inner, to: channels }),
  };
  return (x) => ops.part(() => divide(ops, ops.add(ops.attention(norm(x), weights, heads), x), scaleFactor));
};
