import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import type { Architecture, Input } from '../../networks/architecture.ts';
import { matchWeights } from '../../networks/matchWeights.ts';
import { parameterShapes } from '../../networks/parameterShapes.ts';
import { runInBands } from './bandedOps.ts';
import { tfjsOps } from './ops.ts';
import { tfjsParameters, type Weight } from './parameters.ts';

/** Tensors by the names of a network's inputs or outputs, the batch in front. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

/** A network that runs with tfjs operations on whichever backend is set. It owns its weights. */
export type TfjsNetwork = {
  /**
   * @param inputs maps float32 `[N, H, W, C]`, rows `[N, L, C]`, numbers `[N]`, indices int32 `[N]` or `[N, L]`.
   * @returns its outputs; the caller owns them.
   * @throws ArgumentError `bad-shape`, `missing-labels`, `unexpected-labels`.
   */
  run(inputs: NamedTensors): NamedTensors;
  /** Frees the weights; doing it twice does no harm. */
  dispose(): void;
};

export type TfjsNetworkOptions = {
  /**
   * In how many horizontal bands an autoencoder computes its maps, so that less memory does; the results are those of the
   * whole, to rounding. For Stable Diffusion's, 16 bands take half of the memory: decoding to 512 x 512 on tfjs-node 0.61
   * GB instead of 1.21, and 17 s instead of 31. Small pictures take up to twice as long. 1, the default, is the whole.
   */
  readonly bandsFor?: (inputs: NamedTensors) => number;
};

/**
 * Builds a network from the weights of a checkpoint, which are used up exactly.
 *
 * @throws CheckpointError `missing-tensor`, `bad-tensor-shape`, `unexpected-tensor`, `bad-config`; nothing is left
 * allocated then.
 */
export const tfjsNetwork = (
  architecture: Architecture,
  weights: ReadonlyMap<string, Weight>,
  { bandsFor = () => 1 }: TfjsNetworkOptions = {},
): TfjsNetwork => {
  const tensors = tfjsParameters(matchWeights(parameterShapes(architecture), weights));
  const parameters = (name: string): tf.Tensor => tensors.get(name) as tf.Tensor;
  const network = architecture.build(tfjsOps, parameters);
  return {
    run: (inputs) => {
      checkShapes(architecture, inputs);
      const bands = bandsFor(inputs);
      if (bands > 1) return runInBands(architecture, parameters, inputs, bands);
      return tf.tidy(() => network(inputs) as tf.NamedTensorMap);
    },
    dispose: () => tf.dispose([...tensors.values()]),
  };
};

const checkShapes = ({ inputs: wanted }: Architecture, given: NamedTensors): void => {
  const count = Object.values(given)[0]?.shape[0];
  for (const [name, { shape }] of Object.entries(given)) {
    const input = wanted[name];
    const rule = input && brokenRule(input, shape);
    if (rule !== undefined) throw new ArgumentError('bad-shape', `${name} must be ${rule}, got [${shape}]`);
    if (shape[0] === count) continue;
    throw new ArgumentError('bad-shape', `${name} must be for ${count} images as the others are, got [${shape}]`);
  }
};

/** The rule that a shape breaks, in words. */
const brokenRule = (input: Input, shape: readonly number[]): string | undefined => {
  const [, height = 0, width = 0] = shape;
  if (input.kind === 'map') {
    if (shape.length !== 4 || shape[3] !== input.channels) return `[N, H, W, ${input.channels}]`;
    const fits = height % input.multiple === 0 && width % input.multiple === 0;
    return fits ? undefined : `of a height and width divisible by ${input.multiple}; pad or resize`;
  }
  if (input.kind === 'rows')
    return shape.length === 3 && shape[2] === input.channels ? undefined : `[N, L, ${input.channels}]`;
  if (input.kind === 'indices') return shape.length === 2 ? undefined : '[N, L]';
  return shape.length === 1 ? undefined : '[N]';
};
