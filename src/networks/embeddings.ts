import { type Layer, linear, type Scope, within } from './scope.ts';
import type { UNet2DConfig } from './unet2dConfig.ts';

const MAX_PERIOD = 10000;

/**
 * Angular frequencies that fall geometrically from 1 to about 1 / 10000.
 *
 * Every operation is rounded to float32 as PyTorch does: at timestep 1000 the last bit of a frequency is 6e-5 of a
 * radian.
 *
 * @see Ho et al. 2020, arXiv:2006.11239, appendix B; Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
 */
export const sinusoidFrequencies = (count: number, shift: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => {
    const exponent = Math.fround(Math.fround(-Math.log(MAX_PERIOD)) * i);
    return Math.fround(Math.exp(Math.fround(exponent / (count - shift))));
  });

const timeProjection = <T>(scope: Scope<T>, { timeEmbedding, down }: UNet2DConfig): Layer<T> => {
  const channels = down[0]?.channels ?? 0;
  if (timeEmbedding.kind === 'learned') {
    const table = scope.take('time_proj.weight', [timeEmbedding.rows, channels]);
    return (timesteps) => scope.ops.embedding(table, timesteps);
  }
  const frequencies = sinusoidFrequencies(channels / 2, timeEmbedding.frequencyShift);
  return (timesteps) => scope.ops.sinusoid(timesteps, frequencies, timeEmbedding.order);
};

const twoLinear = <T>(scope: Scope<T>, shape: { readonly from: number; readonly to: number }): Layer<T> => {
  const first = linear(scope, 'linear_1', shape);
  const second = linear(scope, 'linear_2', { from: shape.to, to: shape.to });
  return (x) => second(scope.ops.activate(first(x), 'silu')); // whatever the config's activation is
};

/** The vector `[N, embeddingSize]` of timesteps `[N]` and, where the network takes them, labels `[N]`. */
export const conditionEmbedding = <T>(scope: Scope<T>, config: UNet2DConfig): ((timesteps: T, labels?: T) => T) => {
  const project = timeProjection(scope, config);
  const shape = { from: config.down[0]?.channels ?? 0, to: config.embeddingSize };
  const ofTime = twoLinear(within(scope, 'time_embedding'), shape);
  const ofLabels = labelEmbedding(scope, config, project);
  return (timesteps, labels) => {
    const time = ofTime(project(timesteps));
    return labels === undefined || ofLabels === null ? time : scope.ops.add(time, ofLabels(labels));
  };
};

const labelEmbedding = <T>(scope: Scope<T>, config: UNet2DConfig, project: Layer<T>): Layer<T> | null => {
  const { classEmbedding, embeddingSize, down } = config;
  if (classEmbedding === null) return null;
  if (classEmbedding.kind === 'table') {
    const table = scope.take('class_embedding.weight', [classEmbedding.rows, embeddingSize]);
    return (labels) => scope.ops.embedding(table, labels);
  }
  const embed = twoLinear(within(scope, 'class_embedding'), { from: down[0]?.channels ?? 0, to: embeddingSize });
  return (labels) => embed(project(labels));
};
