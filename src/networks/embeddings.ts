import { namedValue, type Values } from './architecture.ts';
import type { Activation } from './ops.ts';
import { type Layer, linear, type Scope, within } from './scope.ts';
import { guidanceFrequencies, sinusoidFrequencies } from './sinusoids.ts';
import type { UNetConfig } from './unetConfig.ts';

/** In what the embeddings of U-Nets differ. */
export type EmbeddingTraits = {
  /** Between the two layers of each. */
  readonly activation: Activation;
  /** How many sines and cosines the strength of guidance becomes; null where the network does not ask for it. */
  readonly guidanceSize: number | null;
};

/**
 * The vector `[N, embeddingSize]` of `timesteps` and, where the network takes them, of `labels` and `guidance`, all of
 * them `[N]`.
 */
export const conditionEmbedding = <T>(
  scope: Scope<T>,
  config: UNetConfig,
  traits: EmbeddingTraits,
): ((inputs: Values<T>) => T) => {
  const from = config.down[0]?.channels ?? 0;
  const project = timeProjection(scope, config);
  const own = within(scope, 'time_embedding');
  const guide = traits.guidanceSize === null ? null : guidanceProjection(own, { from: traits.guidanceSize, to: from });
  const shape = { from, to: config.embeddingSize, activation: traits.activation };
  const ofTime = twoLinear(own, shape);
  const ofLabels = labelEmbedding(scope, config, { project, shape });
  return (inputs) => {
    const projected = project(namedValue(inputs, 'timesteps'));
    const guided = guide ? scope.ops.add(projected, guide(namedValue(inputs, 'guidance'))) : projected;
    const time = ofTime(guided);
    return ofLabels ? scope.ops.add(time, ofLabels(namedValue(inputs, 'labels'))) : time;
  };
};

const timeProjection = <T>(scope: Scope<T>, { timeEmbedding, down }: UNetConfig): Layer<T> => {
  const channels = down[0]?.channels ?? 0;
  if (timeEmbedding.kind === 'learned') {
    const table = scope.take('time_proj.weight', [timeEmbedding.rows, channels]);
    return (timesteps) => scope.ops.embedding(table, timesteps);
  }
  const frequencies = sinusoidFrequencies(channels / 2, timeEmbedding.frequencyShift);
  return (timesteps) => scope.ops.sinusoid(timesteps, frequencies, timeEmbedding.order);
};

/** @see Meng et al. 2023, arXiv:2210.03142, section 3.1; Luo et al. 2023, arXiv:2310.04378, section 4.2. */
const guidanceProjection = <T>(scope: Scope<T>, shape: { readonly from: number; readonly to: number }): Layer<T> => {
  const { ops } = scope;
  const frequencies = guidanceFrequencies(shape.from / 2);
  const project = linear(scope, 'cond_proj', { ...shape, bias: false });
  return (guidance) => {
    const beyondNone = ops.affine(guidance, 1, -1); // a guidance of 1 is none
    return project(ops.sinusoid(ops.affine(beyondNone, 1000, 0), frequencies, 'sin-cos'));
  };
};

type TwoLinear = { readonly from: number; readonly to: number; readonly activation: Activation };

const twoLinear = <T>(scope: Scope<T>, { from, to, activation }: TwoLinear): Layer<T> => {
  const first = linear(scope, 'linear_1', { from, to });
  const second = linear(scope, 'linear_2', { from: to, to });
  return (x) => second(scope.ops.activate(first(x), activation));
};

const labelEmbedding = <T>(
  scope: Scope<T>,
  { classEmbedding, embeddingSize }: UNetConfig,
  { project, shape }: { readonly project: Layer<T>; readonly shape: TwoLinear },
): Layer<T> | null => {
  if (classEmbedding === null) return null;
  if (classEmbedding.kind === 'table') {
    const table = scope.take('class_embedding.weight', [classEmbedding.rows, embeddingSize]);
    return (labels) => scope.ops.embedding(table, labels);
  }
  const embed = twoLinear(within(scope, 'class_embedding'), shape);
  return (labels) => embed(project(labels));
};
