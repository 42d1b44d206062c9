import type * as tf from '@tensorflow/tfjs-core';
import type { SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import type { ImageShape } from '../tensors/noise.ts';

/** What is known of a model, whatever runs it. */
export type ModelFacts = {
  /** Height, width, channels of the images that the model knows. */
  readonly imageShape: ImageShape;
  /** Channels of the network's output; a return needs as many as images have. */
  readonly outChannels: number;
  /** The noise schedule, what the network's output means, and how estimates are clipped. */
  readonly scheduler: SchedulerConfig;
  /** The classes of a conditional model; absent for an unconditional one. */
  readonly labels?: LabelSpace;
  /** Equal digests mean equal networks, weights and schedules. */
  readonly digest: string;
  readonly parameterCount: number;
};

/** A pretrained diffusion model, open and ready to run. Made by `loadModel`; shared freely; disposed by its owner. */
export type Model = ModelFacts & {
  /** What computes the network. */
  readonly engine: Engine;
  /**
   * The raw output of the network, for parity checks and for solvers.
   *
   * @param x noisy images, variance preserving, float32 `[N, H, W, C]`.
   * @param timesteps one for all images, or one for each; fractions are allowed.
   * @param labels classes, one for all images or one for each; by default the null label of a conditional model.
   * @returns float32 `[N, H, W, outChannels]`, owned by the caller.
   * @throws ArgumentError `bad-images`, `bad-image-shape`, `bad-timestep`, `bad-label`, `model-disposed`.
   * @throws EnvironmentError `out-of-memory` where one image is too many; more are run in parts by themselves.
   */
  predict(x: tf.Tensor4D, timesteps: Numbers, labels?: Numbers): tf.Tensor4D;
  /** As `predict`, but awaited: an engine that computes elsewhere does not block the event loop. */
  predictAsync(x: tf.Tensor4D, timesteps: Numbers, labels?: Numbers): Promise<tf.Tensor4D>;
  /** Frees the weights; doing it twice does no harm. Calls that come later, or wait still, fail with `model-disposed`. */
  dispose(): void;
};

/** `tfjs`: the operations of TensorFlow.js, on the backend that is set. `onnx`: ONNX Runtime, in threads of its own. */
export type Engine = 'tfjs' | 'onnx';

/** Runs a network of noisy images for checked arguments: one timestep and one of each condition for each image. */
export type Runner = {
  readonly engine: Engine;
  run(x: tf.Tensor4D, conditions: Conditions): tf.Tensor4D;
  runAsync(x: tf.Tensor4D, conditions: Conditions): Promise<tf.Tensor4D>;
  dispose(): void;
};

export type Conditions = {
  readonly timesteps: readonly number[];
  /** For a class conditional network. */
  readonly labels?: readonly number[];
  /** What a prompt became, float32 `[N, tokens, width]`, for a network that wants it; stays the caller's. */
  readonly embeddings?: tf.Tensor3D;
  /** For a network that was trained to take guidance as a number. */
  readonly guidance?: readonly number[];
};

/** One number, or one for each image: a plain number, an array, or a rank-1 tensor. */
export type Numbers = number | ArrayLike<number> | tf.Tensor1D;

export type LabelSpace = {
  /** Number of labels, the null label included. */
  readonly count: number;
  /** The label that stands for "no class". */
  readonly nullLabel?: number;
  /** Names of the classes, by label. */
  readonly classes?: readonly string[];
};
