import type * as tf from '@tensorflow/tfjs-core';
import type { SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import type { ImageShape } from '../tensors/noise.ts';

/** What is known of a model, whatever runs it. */
export type ModelFacts = {
  /** Height, width, channels of the images that the model knows. */
  readonly imageShape: ImageShape;
  /** Height, width, channels of what walks. @defaultValue that of the images, for a model of pixels */
  readonly latentShape?: ImageShape;
  /** Channels of the network's output; a return needs as many as what walks has. */
  readonly outChannels: number;
  /** The noise schedule, what the network's output means, and how estimates are clipped. */
  readonly scheduler: SchedulerConfig;
  /** The classes of a conditional model; absent for an unconditional one. */
  readonly labels?: LabelSpace;
  /** Whether the network takes guidance as a number, as latent consistency models do. @defaultValue false */
  readonly takesGuidance?: boolean;
  /** Equal digests mean equal networks, weights and schedules, computed in the same precision. */
  readonly digest: string;
  /** What the denoiser is computed in. @defaultValue 'float32' */
  readonly precision?: Precision;
  readonly parameterCount: number;
};

/** `float16`: all of the denoiser in half precision. `int8`: its convolutions in whole numbers of 8 bits, all else in float32. */
export type Precision = 'float32' | 'float16' | 'int8';

/**
 * A pretrained diffusion model, open and ready to run: a walk between two maps. Images are encoded to where the walk is,
 * and decoded from there; for a model of pixels both maps are the identity. Made by `loadModel`; shared freely; disposed
 * by its owner.
 */
export type Model = ModelFacts & {
  /** Height, width, channels of what walks: those of images for a model of pixels. */
  readonly latentShape: ImageShape;
  /** Whether images are encoded before they walk. */
  readonly isLatent: boolean;
  /** What computes the network. */
  readonly engine: Engine;
  /**
   * What ONNX Runtime computes the denoiser on now: a GPU's engine, such as `webgpu`, or `cpu`, to which it may fall back.
   * Absent for TensorFlow.js, which computes where its backend does.
   */
  readonly device?: string | undefined;
  /** What makes embeddings of prompts; absent for a model without text. */
  readonly text?: TextSpace;
  /**
   * The raw output of the network, for parity checks and for solvers.
   *
   * @param x noisy images or latents, variance preserving, float32 `[N, h, w, c]` of the `latentShape`.
   * @param timesteps one for all images, or one for each; fractions are allowed.
   * @param condition classes, one for all images or one for each; or what a prompt became, `{ embeddings }`. By default
   *   the null label of a conditional model; a model with text must be told.
   * @returns float32 `[N, h, w, outChannels]`, owned by the caller.
   * @throws ArgumentError `bad-images`, `bad-image-shape`, `bad-timestep`, `bad-label`, `bad-embeddings`,
   *   `bad-guidance`, `model-disposed`.
   * @throws EnvironmentError `out-of-memory` where one image is too many; more are run in parts by themselves.
   */
  predict(x: tf.Tensor4D, timesteps: Numbers, condition?: Condition): tf.Tensor4D;
  /** As `predict`, but awaited: an engine that computes elsewhere does not block the event loop. */
  predictAsync(x: tf.Tensor4D, timesteps: Numbers, condition?: Condition): Promise<tf.Tensor4D>;
  /**
   * Images to where the walk is.
   *
   * @param images float32 `[N, H, W, C]` in [-1, 1], of the `imageShape`.
   * @returns latents, scaled as the network wants them, `[N, h, w, c]`: the mode, not a sample. Owned by the caller.
   * @throws ArgumentError `bad-images`, `bad-image-shape`, `model-disposed`. EnvironmentError `out-of-memory`.
   */
  encode(images: tf.Tensor4D): tf.Tensor4D;
  /** As `encode`, but awaited. */
  encodeAsync(images: tf.Tensor4D): Promise<tf.Tensor4D>;
  /**
   * From where the walk is to images, not clipped; the errors are those of `encode`.
   *
   * @param latents float32 `[N, h, w, c]` of the `latentShape`.
   * @returns images `[N, H, W, C]`, in [-1, 1] or a little beyond, owned by the caller.
   */
  decode(latents: tf.Tensor4D): tf.Tensor4D;
  /** As `decode`, but awaited. */
  decodeAsync(latents: tf.Tensor4D): Promise<tf.Tensor4D>;
  /** Frees the weights; doing it twice does no harm. Calls that come later, or wait still, fail with `model-disposed`. */
  dispose(): void;
};

/** `tfjs`: the operations of TensorFlow.js, on the backend that is set. `onnx`: ONNX Runtime, in threads of its own. */
export type Engine = 'tfjs' | 'onnx';

/** Runs a network of noisy images for checked arguments: one timestep and one of each condition for each image. */
export type Runner = {
  readonly engine: Engine;
  readonly device?: string | undefined;
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

/** What images return to: classes; or embeddings of prompts, with whatever else the network takes. */
export type Condition =
  | Numbers
  | {
      /** float32 `[N, tokens, width]`; stays the caller's. */
      readonly embeddings?: tf.Tensor3D;
      readonly labels?: Numbers;
      /** For a network that takes it as a number. */
      readonly guidance?: Numbers;
    };

export type LabelSpace = {
  /** Number of labels, the null label included. */
  readonly count: number;
  /** The label that stands for "no class". */
  readonly nullLabel?: number;
  /** Names of the classes, by label. */
  readonly classes?: readonly string[];
};

/** What makes embeddings of prompts. Each text is computed once, and kept. */
export type TextSpace = {
  /** Tokens of every prompt, start, end and padding included; a longer one is cut, aloud. */
  readonly tokens: number;
  /** Channels of an embedding. */
  readonly width: number;
  /** What the classes of the user's images are called, if the model's `boomerang.json` says it. */
  readonly classes?: readonly string[];
  /**
   * @returns `tokens * width` numbers for each prompt, which must not be written to.
   * @throws ArgumentError `text-released` for a prompt that was not met before `release`.
   */
  embed(prompts: readonly string[]): readonly Float32Array[];
  /** As `embed`, but awaited. */
  embedAsync(prompts: readonly string[]): Promise<readonly Float32Array[]>;
  /** Frees the text encoder, once all prompts are known; what it made of them stays. */
  release(): void;
};

/** What brings images to where the walk is, and back; see `Model`. */
export type Coder = Pick<Model, 'encode' | 'encodeAsync' | 'decode' | 'decodeAsync' | 'dispose'>;
