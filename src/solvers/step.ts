import type * as tf from '@tensorflow/tfjs-core';
import type { Leg, Level } from '../noise/leg.ts';

/**
 * What is handed from step to step.
 *
 * `x` are the images in the variance-exploding scaling, clean + sigma * epsilon, float32 `[N, H, W, C]`. The
 * variance-preserving state is `x / sqrt(1 + sigma²)`.
 */
export type State = { readonly x: tf.Tensor4D; readonly memory?: Memory };

/** The evaluation before this one, for the solvers that look back. */
export type Memory = {
  readonly denoised: tf.Tensor4D;
  readonly sigma: Level;
  /** The evaluation before that, where the step after `denoised` looked back to it and will be corrected. */
  readonly before?: Memory;
};

/** What the network takes the clean images to be. The same tensor twice where nothing is clipped. */
export type Estimate = {
  /** Clipped to the range of the data, if the model asks for that. */
  readonly denoised: tf.Tensor4D;
  /** As the network gave it. */
  readonly raw: tf.Tensor4D;
};

/**
 * One move from `leg.from` to `leg.to`: a pure function of its arguments, run in a tidy. The state that comes out
 * shares no tensor with what went in; what it keeps, it clones.
 *
 * @param noise gives standard normal noise of the shape of x; called at most once, by stochastic solvers, if
 *   `leg.to` is above 0.
 */
export type Step = (state: State, estimate: Estimate, leg: Leg, noise: () => tf.Tensor4D) => State;

/** A way to bring images back. */
export type Solver = {
  /** Takes the estimate at `leg.from` to `leg.to`. */
  readonly predict: Step;
  /** Mends the arrival with a second estimate, made at `leg.to`; left out where `leg.to` is 0. */
  readonly correct?: Step;
  /** Whether it draws noise. */
  readonly stochastic: boolean;
};
