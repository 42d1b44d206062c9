import type { Activation, NetOps } from './ops.ts';
import { conv, groupNorm, type Layer, linear, type Scope } from './scope.ts';

/** What the residual blocks of a network have in common. */
export type ResnetStyle = {
  readonly activation: Activation;
  readonly normGroups: number;
  readonly normEpsilon: number;
  /** Length of the vector that tells every residual block the noise level and the class. */
  readonly embeddingSize: number;
  readonly timeConditioning: TimeConditioning;
};

/** How the embedding enters a residual block: added, or as a scale and a shift after the second norm. */
export type TimeConditioning = 'add' | 'scale-shift';

export type ResnetShape = {
  readonly from: number;
  readonly to: number;
  /** Doubles or halves height and width inside the block, without weights. */
  readonly resample?: 'up' | 'down';
  /** What the sum is divided by. @defaultValue 1 */
  readonly scaleFactor?: number;
};

/** A part that also sees the embedding `[N, embeddingSize]`, activated already. */
export type Conditioned<T> = (x: T, embedding: T) => T;

/**
 * A residual block: norm, activation and convolution twice, with the embedding entering before or at the second norm.
 *
 * @see He et al. 2016, arXiv:1603.05027; Dhariwal and Nichol 2021, arXiv:2105.05233, for scale and shift.
 */
export const resnet = <T>(scope: Scope<T>, shape: ResnetShape, style: ResnetStyle): Conditioned<T> => {
  const { ops } = scope;
  const { from, to, scaleFactor = 1 } = shape;
  const normed = { groups: style.normGroups, epsilon: style.normEpsilon };
  const activate: Layer<T> = (x) => ops.activate(x, style.activation);
  const resample = resampling(ops, shape.resample);
  const norm1 = groupNorm(scope, 'norm1', { channels: from, ...normed });
  const conv1 = conv(scope, 'conv1', { from, to, size: 3 });
  const norm2 = conditionedNorm(scope, groupNorm(scope, 'norm2', { channels: to, ...normed }), { ...style, to });
  const conv2 = conv(scope, 'conv2', { from: to, to, size: 3 });
  const shortcut: Layer<T> = from === to ? (x) => x : conv(scope, 'conv_shortcut', { from, to, size: 1 });
  return (x, embedding) =>
    ops.part(() => {
      const hidden = ops.part(() => norm2(conv1(resample(activate(norm1(x)))), embedding));
      return divide(ops, ops.add(shortcut(resample(x)), conv2(activate(hidden))), scaleFactor);
    });
};

/** `x / factor`, nothing at all where the factor is 1. */
export const divide = <T>(ops: NetOps<T>, x: T, factor: number): T => (factor === 1 ? x : ops.affine(x, 1 / factor, 0));

const resampling = <T>(ops: NetOps<T>, direction: 'up' | 'down' | undefined): Layer<T> => {
  if (direction === 'up') return (x) => ops.upsample2x(x);
  if (direction === 'down') return (x) => ops.averagePool2x(x);
  return (x) => x;
};

type NormConditioning = Pick<ResnetStyle, 'timeConditioning' | 'embeddingSize'> & { readonly to: number };

const conditionedNorm = <T>(scope: Scope<T>, norm: Layer<T>, conditioning: NormConditioning): Conditioned<T> => {
  const { ops } = scope;
  const { timeConditioning, embeddingSize: from, to } = conditioning;
  if (timeConditioning === 'add') {
    const project = linear(scope, 'time_emb_proj', { from, to });
    return (x, embedding) => norm(ops.addVector(x, project(embedding)));
  }
  const project = linear(scope, 'time_emb_proj', { from, to: 2 * to });
  return (x, embedding) => ops.modulate(norm(x), project(embedding));
};
