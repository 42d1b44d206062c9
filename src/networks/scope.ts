import { CheckpointError } from '../errors.ts';
import type { ConvOptions, NetOps, Parameters } from './ops.ts';

/** What a part of a network is built from: the engine, and the parameters under the part's own prefix. */
export type Scope<T> = { readonly ops: NetOps<T>; readonly take: Parameters<T> };

/** A part without weights of its own to look up: from one feature map or vector to the next. */
export type Layer<T> = (x: T) => T;

/** The scope of a part of a part; `name` is as in PyTorch's module tree, for example `resnets.0`. */
export const within = <T>({ ops, take }: Scope<T>, name: string): Scope<T> => ({
  ops,
  take: (parameter, shape) => take(`${name}.${parameter}`, shape),
});

export type ConvShape = Partial<ConvOptions> & {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  /** @defaultValue true */
  readonly bias?: boolean;
};

/** A convolution; by default of stride 1 and padded so that the size stays. */
export const conv = <T>(scope: Scope<T>, name: string, shape: ConvShape): Layer<T> => {
  const { ops, take } = within(scope, name);
  const { from, to, size, stride = 1 } = shape;
  const weight = take('weight', [to, from, size, size]);
  const bias = shape.bias === false ? null : take('bias', [to]);
  const around = (size - 1) / 2;
  const padding = shape.padding ?? [around, around, around, around];
  return (x) => ops.conv2d(x, weight, bias, { stride, padding });
};

/** A weight `[to, from]` with its bias. */
export const affine = <T>(scope: Scope<T>, name: string, shape: { readonly from: number; readonly to: number }) => {
  const { take } = within(scope, name);
  return { weight: take('weight', [shape.to, shape.from]), bias: take('bias', [shape.to]) };
};

export type LinearShape = {
  readonly from: number;
  readonly to: number;
  /** @defaultValue true */
  readonly bias?: boolean;
};

/** An affine map of vectors or rows; a linear one without a bias. */
export const linear = <T>(scope: Scope<T>, name: string, { from, to, bias: hasBias = true }: LinearShape): Layer<T> => {
  const { ops, take } = within(scope, name);
  const weight = take('weight', [to, from]);
  const bias = hasBias ? take('bias', [to]) : null;
  return (x) => ops.linear(x, weight, bias);
};

/** A norm of each row. */
export const layerNorm = <T>(
  scope: Scope<T>,
  name: string,
  { channels, epsilon }: { readonly channels: number; readonly epsilon: number },
): Layer<T> => {
  const { ops, take } = within(scope, name);
  const [scale, shift] = [take('weight', [channels]), take('bias', [channels])];
  return (rows) => ops.layerNorm(rows, scale, shift, { epsilon });
};

export type NormShape = { readonly channels: number; readonly groups: number; readonly epsilon: number };

/**
 * A group norm.
 *
 * @throws CheckpointError `bad-config` for groups that do not divide the channels.
 */
export const groupNorm = <T>(scope: Scope<T>, name: string, { channels, groups, epsilon }: NormShape): Layer<T> => {
  if (channels % groups !== 0) {
    throw new CheckpointError(
      'bad-config',
      `config.json: norm_num_groups or attn_norm_num_groups must divide the channels of every norm, but ${groups} does not divide ${channels}`,
    );
  }
  const { ops, take } = within(scope, name);
  const scale = take('weight', [channels]);
  const shift = take('bias', [channels]);
  return (x) => ops.groupNorm(x, scale, shift, { groups, epsilon });
};
