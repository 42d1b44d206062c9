import type * as tf from '@tensorflow/tfjs-core';
import type { Bank } from '../../caches/bank.ts';
import type { StrengthSpec } from '../../noise/strength.ts';
import type { Asking } from '../../returns/asking.ts';
import { variantName } from '../../returns/cacheNames.ts';
import { fly } from '../../returns/flight.ts';
import { recordOf } from '../../returns/record.ts';
import type { Throw } from '../../returns/throw.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import type { ImageRange } from '../../tensors/range.ts';
import { resizePixels } from '../../tensors/resize.ts';
import { judge, type Verdict } from './judge.ts';
import type { Ledger } from './ledger.ts';
import type { AugmentSetup } from './setup.ts';

/** An image that is to be changed: how it is thrown, by the first of its variants to try. */
export type Candidate = Throw & {
  /** Of the image in its element. */
  readonly place: number;
  readonly asked: StrengthSpec;
  /** Its class, whether or not it returns to it. */
  readonly own: number | undefined;
};

/** How the images of an element look to the caller, and in whose counts they stand. */
export type Round = {
  readonly epoch: number;
  /** From a variant to the next one to try. */
  readonly stride: number;
  readonly range: ImageRange;
  readonly dtype: tf.DataType;
  /** Of the images as they came. */
  readonly shape: ImageShape;
};

/**
 * Variants in [-1, 1] by the place of their image, in the size of the model, or of the image out of a bank that has them
 * so; an image that no variant suits is absent.
 */
export type Returned = ReadonlyMap<number, Float32Array>;

/**
 * Brings candidates back until their variants pass: those that do not are tried again with their next variant, a few
 * times, and then stay what they are. What a bank has is judged like what is made: a classifier learns, and what it
 * said of a variant is not kept.
 */
export function* bringBack(
  setup: AugmentSetup,
  ledger: Ledger,
  candidates: readonly Candidate[],
  round: Round,
): Asking<Returned> {
  const returned = new Map<number, Float32Array>();
  const [height, width] = setup.options.model.imageShape;
  const modelSize = [height, width] as const;
  let open = candidates;
  for (let attempt = 0; attempt < setup.tries && open.length > 0; attempt += 1) {
    const tried = open.map((one) => nextVariant(one, attempt * round.stride));
    const pixels = yield* obtain(setup, ledger, tried, round.epoch);
    const seen = setup.bank?.isFitted ? pixels.map((one) => resizePixels(one, round.shape, modelSize)) : pixels;
    const settled = pixels.map((one) => setup.bank?.judged?.(one));
    const verdicts = yield* judge(setup.options, { candidates: tried, pixels: seen, settled, ...round });
    for (const [n, verdict] of verdicts.entries()) {
      const one = tried[n] as Candidate;
      if (verdict.kept) returned.set(one.place, pixels[n] as Float32Array);
      ledger.returned(round.epoch, { ...verdict, strength: one.plan.strength });
      record(setup, one, verdict);
    }
    open = open.filter((_, n) => !verdicts[n]?.kept);
  }
  ledger.gaveUp(round.epoch, open.length);
  return returned;
}

const nextVariant = (one: Candidate, further: number): Candidate => ({
  ...one,
  address: { ...one.address, variant: one.address.variant + further },
});

/** Variants, those that the bank has from there. */
function* obtain(
  setup: AugmentSetup,
  ledger: Ledger,
  throws: readonly Candidate[],
  epoch: number,
): Asking<readonly Float32Array[]> {
  const { bank, options, branchStepOf, encodings } = setup;
  if (!bank) return yield* make(setup, ledger, throws, epoch);
  const names = throws.map((one) =>
    variantName(options.model, one, { branchStep: branchStepOf(one.plan), encoded: encodings?.precision }),
  );
  const found = yield* lookUp(bank, names);
  const missing = throws.filter((_, n) => found[n] === undefined);
  const saved = throws.reduce((sum, { plan }, n) => sum + (found[n] ? plan.evaluations : 0), 0);
  ledger.evaluated(epoch, { evaluations: 0, encodings: 0, saved });
  const made = yield* make(setup, ledger, missing, epoch);
  let next = 0;
  return found.map((kept, n) => {
    if (kept) return kept;
    const variant = made[next] as Float32Array;
    next += 1;
    bank.put(names[n] as string, variant);
    return variant;
  });
}

function* lookUp(bank: Bank, names: readonly string[]): Asking<readonly (Float32Array | undefined)[]> {
  if (!bank.fetch) return names.map((name) => bank.get(name));
  return (yield { wait: bank.fetch(names), whose: 'a bank that lies elsewhere' }) as readonly Float32Array[];
}

/** Makes variants: those that walk together, and apart from them those that an autoencoder alone changes. */
function* make(
  { options, cache, encodings, branchStepOf }: AugmentSetup,
  ledger: Ledger,
  throws: readonly Candidate[],
  epoch: number,
): Asking<readonly Float32Array[]> {
  const { model, signal } = options;
  const made = new Map<Candidate, Float32Array>();
  for (const walks of [true, false]) {
    const group = throws.filter(({ plan }) => plan.legs.length > 0 === walks);
    if (group[0] === undefined) continue;
    const branchStep = branchStepOf(group[0].plan);
    const { pixels, ...work } = yield* fly(model, group, { branchStep, cache, encodings, signal });
    const planned = group.reduce((sum, { plan }) => sum + plan.evaluations, 0);
    ledger.evaluated(epoch, { ...work, saved: planned - work.evaluations });
    for (const [n, one] of group.entries()) made.set(one, pixels[n] as Float32Array);
  }
  return throws.map((one) => made.get(one) as Float32Array);
}

const record = (
  { options, cache, encodings, branchStepOf }: AugmentSetup,
  one: Candidate,
  { kept, distance }: Verdict,
): void =>
  options.onVariant?.(
    recordOf(options.model, one, {
      kept,
      distance,
      asked: one.asked,
      label: one.own,
      branchStep: branchStepOf(one.plan),
      latents: cache?.precision ?? 'float32',
      encoded: encodings?.precision ?? 'float32',
      fit: options.fit ?? 'exact',
      conditional: options.conditional ?? false,
    }),
  );
