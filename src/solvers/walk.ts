import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, isCount } from '../errors.ts';
import type { Leg, Level } from '../noise/leg.ts';
import { isNoisy, isSameLevel, perImage } from './levels.ts';
import type { Memory, Solver, State, Step } from './step.ts';

export type WalkOptions = {
  /** Images at the level of the first leg, float32 `[N, H, W, C]`, clean + sigma * epsilon. Stays the caller's. */
  readonly x: tf.Tensor4D;
  readonly legs: readonly Leg[];
  readonly solver: Solver;
  /** Estimates are clipped to [-clip, clip]; absent: not at all. */
  readonly clip?: number | undefined;
  /** Standard normal noise of the shape of x for a step; a new tensor, which the walk frees. */
  readonly noise?: ((step: number) => tf.Tensor4D) | undefined;
  /** Number of the first leg, for a walk that goes on where another one stopped. @defaultValue 0 */
  readonly firstStep?: number | undefined;
  /** Ends the walk before its next step with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
};

/** A question of a walk: what are the clean images in x? */
export type Evaluation = {
  /** float32 `[N, H, W, C]`; stays the walk's. */
  readonly x: tf.Tensor4D;
  readonly sigma: Level;
  /** The timestep to tell the network, if the leg says so; else the one at sigma. */
  readonly timestep?: number | undefined;
};

/**
 * Walks images down a list of legs. It asks for an estimate and waits for it, so the same loop serves networks that
 * answer at once and networks that are awaited.
 *
 * Images whose level is 0 stay exactly as they are, and a leg in which none moves asks for nothing. Where a leg starts
 * at another level than the one before arrived at, the variance-preserving state is carried over unchanged, as
 * diffusers does. A walk may be cut in two and goes on with the same noise; a multistep solver then begins anew.
 *
 * @yields questions; each is answered with a new tensor, unclipped, that the walk disposes.
 * @returns the images at the level of the last leg, owned by the caller.
 * @throws ArgumentError `bad-clip`, `bad-first-step`, `bad-levels`, `missing-noise`; the signal's reason.
 */
export function* walk(options: WalkOptions): Generator<Evaluation, tf.Tensor4D, tf.Tensor4D> {
  checkWalk(options);
  const { x, legs, signal, onStep, firstStep = 0 } = options;
  let state: State = { x: tf.clone(x) };
  try {
    for (const [index, leg] of legs.entries()) {
      signal?.throwIfAborted();
      state = carried(state, legs[index - 1]?.to ?? leg.from, leg.from);
      for (const stage of stagesOf(options.solver, leg)) {
        const clean = yield { x: state.x, sigma: stage.sigma, timestep: stage.timestep };
        state = advanced(state, clean, { ...options, leg, step: stage.step, number: firstStep + index });
      }
      onStep?.(index + 1, legs.length);
    }
    return tf.clone(state.x);
  } finally {
    dispose(state);
  }
}

/** Network calls that a walk takes, for each batch. */
export const evaluationsOf = (solver: Solver, legs: readonly Leg[]): number =>
  legs.reduce((sum, leg) => sum + stagesOf(solver, leg).length, 0);

type Stage = { readonly step: Step; readonly sigma: Level; readonly timestep?: number | undefined };

const stagesOf = ({ predict, correct }: Solver, { from, to, timestep }: Leg): Stage[] => {
  if (!isNoisy(from)) return [];
  const first = { step: predict, sigma: from, timestep };
  return correct !== undefined && isNoisy(to) ? [first, { step: correct, sigma: to }] : [first];
};

type Advance = WalkOptions & { readonly leg: Leg; readonly step: Step; readonly number: number };

/** One stage further; disposes the state before and the estimate. */
const advanced = (state: State, clean: tf.Tensor4D, { leg, step, number, clip, noise }: Advance): State => {
  try {
    const next = tidied(() => {
      const denoised = clip === undefined ? clean : tf.clipByValue(clean, -clip, clip);
      const draw = (): tf.Tensor4D => noise?.(number) ?? tf.fill(state.x.shape, Number.NaN);
      const moved = step(state, { denoised, raw: clean }, leg, draw);
      return { ...moved, x: heldStill(state.x, moved.x, leg.from) };
    });
    dispose(state);
    return next;
  } finally {
    clean.dispose();
  }
};

/** Keeps the images of level 0, for which a step would divide 0 by 0. */
const heldStill = (before: tf.Tensor4D, after: tf.Tensor4D, level: Level): tf.Tensor4D => {
  if (typeof level === 'number' || level.every((sigma) => sigma > 0)) return after;
  const moves = tf.tensor4d(
    level.map((sigma) => sigma > 0),
    [level.length, 1, 1, 1],
    'bool',
  );
  return tf.where(moves, after, before);
};

/** The state at another level, its variance-preserving images unchanged; estimates of before no longer apply. */
const carried = (state: State, at: Level, to: Level): State => {
  if (isSameLevel(at, to)) return state;
  const factor = (s: number, next: number): number => Math.sqrt((1 + next * next) / (1 + s * s));
  const next = tidied((): State => ({ x: tf.mul(state.x, perImage(factor, at, to)) }));
  dispose(state);
  return next;
};

// tidy wants containers that can be written to
const tidied = (run: () => State): State => tf.tidy(run as () => tf.TensorContainer) as State;
const dispose = ({ x, memory }: State): void => tf.dispose([x, ...estimatesOf(memory)]);
const estimatesOf = (memory: Memory | undefined): tf.Tensor[] =>
  memory === undefined ? [] : [memory.denoised, ...estimatesOf(memory.before)];

const checkWalk = ({ x, legs, solver, clip, noise, firstStep = 0 }: WalkOptions): void => {
  const count = x.shape[0];
  if (clip !== undefined && !(clip > 0)) {
    throw new ArgumentError('bad-clip', `clip must be a positive number, got ${clip}; 1 suits images in [-1, 1]`);
  }
  if (!isCount(firstStep, 0)) {
    throw new ArgumentError('bad-first-step', `firstStep must be an integer of at least 0, got ${firstStep}`);
  }
  if (solver.stochastic && noise === undefined) {
    throw new ArgumentError('missing-noise', 'this solver draws noise in every step; pass noise, or take an eta of 0');
  }
  const fits = (level: Level): boolean => typeof level === 'number' || level.length === count;
  const misfit = legs.find(({ from, to }) => !fits(from) || !fits(to));
  if (misfit !== undefined) {
    throw new ArgumentError(
      'bad-levels',
      `levels for each image must be as many as the images, ${count}; got ${JSON.stringify(misfit)}`,
    );
  }
};
