import * as tf from '@tensorflow/tfjs-core';
import type { StrengthSpec } from '../noise/strength.ts';
import { fromModelRange, type ImageRange } from '../tensors/range.ts';
import type { Asking } from './asking.ts';
import type { AugmentSetup } from './augmentSetup.ts';
import { fly } from './flight.ts';
import type { NamedImage } from './images.ts';
import { distanceBetween, survives } from './keep.ts';
import type { Ledger } from './ledger.ts';
import type { ReturnPlan } from './plan.ts';
import type { VariantRecord } from './record.ts';

/** An image that is to be changed. */
export type Candidate = NamedImage & {
  readonly place: number;
  readonly label: number | undefined;
  readonly asked: StrengthSpec;
  readonly plan: ReturnPlan;
  /** The first of its variants to try. */
  readonly variant: number;
};

/** Where the numbers of a round come from, and how its images look to the caller. */
export type Round = {
  readonly epoch: number;
  readonly throwEpoch: number;
  /** The epoch in whose counts it stands. */
  readonly countedIn: number;
  /** From a variant to the next one to try. */
  readonly stride: number;
  readonly range: ImageRange;
  readonly dtype: tf.DataType;
};

/** Variants in [-1, 1] by the place of their image; an image that no variant suits is absent. */
export type Returned = ReadonlyMap<number, Float32Array>;

/**
 * Brings candidates back until their variants pass: those that do not are tried again with their next variant, a few
 * times, and then stay what they are.
 */
export function* bringBack(
  setup: AugmentSetup,
  ledger: Ledger,
  candidates: readonly Candidate[],
  round: Round,
): Asking<Returned> {
  const returned = new Map<number, Float32Array>();
  let open = candidates;
  for (let attempt = 0; attempt < setup.tries && open.length > 0; attempt += 1) {
    const tried = open.map((one) => ({ ...one, variant: one.variant + attempt * round.stride }));
    const pixels = yield* flyTogether(setup, ledger, tried, round);
    const verdicts = yield* judge(setup, tried, pixels, round);
    for (const [n, { kept, distance }] of verdicts.entries()) {
      const one = tried[n] as Candidate;
      if (kept) returned.set(one.place, pixels[n] as Float32Array);
      ledger.returned(round.countedIn, { kept, distance, strength: one.plan.strength });
      setup.options.onVariant?.(recordOf(setup, one, { round, kept, distance }));
    }
    open = open.filter((_, n) => !verdicts[n]?.kept);
  }
  ledger.gaveUp(round.countedIn, open.length);
  return returned;
}

function* flyTogether(
  { options, cache, branch }: AugmentSetup,
  ledger: Ledger,
  candidates: readonly Candidate[],
  { epoch, throwEpoch, countedIn }: Round,
): Asking<readonly Float32Array[]> {
  const { model, seed, signal, conditional = false } = options;
  const travellers = conditional ? candidates : candidates.map(({ label: _, ...rest }) => rest);
  const branchStep = branchStepOf(branch, candidates[0]?.plan);
  const { pixels, evaluations } = yield* fly({ model, travellers, seed, epoch, throwEpoch, branchStep, cache, signal });
  const planned = candidates.reduce((sum, { plan }) => sum + plan.evaluations, 0);
  ledger.evaluated(countedIn, { evaluations, saved: planned - evaluations });
  return pixels;
}

type Verdict = { readonly kept: boolean; readonly distance: number };

function* judge(
  { options }: AugmentSetup,
  candidates: readonly Candidate[],
  pixels: readonly Float32Array[],
  { range, dtype }: Round,
): Asking<readonly Verdict[]> {
  const { min = 0, max = Number.POSITIVE_INFINITY } = options.distance ?? {};
  const distances = candidates.map((one, n) => distanceBetween(one.pixels, pixels[n] as Float32Array));
  const near = distances.map((distance) => distance >= min && distance <= max);
  const asked = near.flatMap((passes, n) => (passes ? [n] : []));
  if (!options.keep || asked.length === 0)
    return distances.map((distance, n) => ({ distance, kept: near[n] as boolean }));
  const shown = asked.map((n) => fromModelRange(pixels[n] as Float32Array, range, dtype));
  const images = tf.tidy(() => {
    const shape = [...options.model.imageShape];
    return tf.stack(shown.map((one) => tf.tensor(one, shape, dtype))) as tf.Tensor4D;
  });
  try {
    const labels = asked.map((n) => candidates[n]?.label as number);
    const survived = yield* survives(options.keep, images, labels);
    return distances.map((distance, n) => ({ distance, kept: survived[asked.indexOf(n)] ?? false }));
  } finally {
    images.dispose();
  }
}

/** How many steps of a plan belong to its throw. */
const branchStepOf = (branch: number, plan: ReturnPlan | undefined): number =>
  Math.round(branch * (plan?.legs.length ?? 0));

const recordOf = (
  { options, branch }: AugmentSetup,
  { key, label, variant, asked, plan }: Candidate,
  { round, kept, distance }: Verdict & { readonly round: Round },
): VariantRecord => ({
  key,
  label: label ?? null,
  seed: options.seed,
  epoch: round.epoch,
  throwEpoch: round.throwEpoch,
  variant,
  strength: plan.strength,
  asked,
  timestep: plan.timestep,
  ...plan.manner,
  branchStep: branchStepOf(branch, plan),
  conditional: options.conditional ?? false,
  modelDigest: options.model.digest,
  engine: options.model.engine,
  distance,
  kept,
});
