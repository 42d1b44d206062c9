import * as tf from '@tensorflow/tfjs-core';
import { type SeedPath, uniform } from '../random.ts';
import { fromModelRange, imageRange } from '../tensors/range.ts';
import { type Asking, readTensor } from './asking.ts';
import type { AugmentSetup } from './augmentSetup.ts';
import { bankedReturn } from './bank.ts';
import { bringBack, type Candidate, type Returned, type Round } from './bringBack.ts';
import { type Element, type Found, findImages } from './elements.ts';
import { checkImageShape, type NamedImage, readImages } from './images.ts';
import { labelTensor, readLabels, softenLabels } from './labels.ts';
import type { Ledger } from './ledger.ts';
import { pointAt } from './schedules.ts';
import { strengthOf } from './strength.ts';
import type { Outcome, Turn } from './turn.ts';

/**
 * An element with the chosen ones of its images thrown and returned. Images that are not chosen keep their very
 * numbers; an element of which none is chosen comes back as the same object.
 */
export function* augmentElement(setup: AugmentSetup, ledger: Ledger, turn: Turn): Asking<Outcome> {
  const { options } = setup;
  const found = findImages(turn.element, options.image ?? 'xs');
  checkImageShape(found.images, options.model);
  options.signal?.throwIfAborted();
  const range = imageRange(found.images.dtype, options.range);
  const count = found.images.rank === 4 ? found.images.shape[0] : 1;
  const keys = options.keys && [options.keys(turn.element)].flat();
  const values = yield* readTensor(found.images);
  const images = readImages(values, { count, range, keys });
  const labels = options.labels === undefined ? undefined : yield* readLabels(turn.element, options.labels, count);
  const round = roundOf(setup, turn, { range, dtype: found.images.dtype });
  const candidates = choose(setup, ledger, { images, labels, turn, round });
  const comeBack = options.bank === undefined ? bringBack : bankedReturn;
  const returned = candidates.length === 0 ? new Map() : yield* comeBack(setup, ledger, candidates, round);
  ledger.landed(round.countedIn, count);
  const element = assemble(setup, turn.element, { found, values, candidates, returned, range });
  return { element, names: images.map(({ key }) => key) };
}

const roundOf = (
  { options, reuse }: AugmentSetup,
  { epoch, copy }: Turn,
  looks: Pick<Round, 'range' | 'dtype'>,
): Round => {
  // Epochs that share a throw share its strength, so that the throw can be shared; a bank has one throw for all.
  const throwEpoch = options.bank === undefined ? epoch - (epoch % reuse) : 0;
  return { epoch, throwEpoch, countedIn: epoch, stride: options.bank ?? copy?.of ?? 1, ...looks };
};

type Choice = {
  readonly images: readonly NamedImage[];
  readonly labels: readonly number[] | undefined;
  readonly turn: Turn;
  readonly round: Round;
};

/** The images whose turn it is, and how far each is thrown: all by their own names and the epoch. */
const choose = (setup: AugmentSetup, ledger: Ledger, { images, labels, turn, round }: Choice): Candidate[] => {
  const { seed, strength, epochs, bank } = setup.options;
  const { index = 0 } = turn.copy ?? {};
  const selected = images.map((image, place) => ({ image, place })).filter(({ image }) => setup.selects(image.key));
  const probability = setup.probabilityAt(turn.epoch);
  ledger.came(turn.epoch, images.length, selected.length * probability);
  return selected.flatMap(({ image, place }) => {
    const path = (purpose: string, epoch: number): SeedPath => [seed, image.key, purpose, epoch, index];
    if (turn.banked === undefined && uniform(path('chosen', turn.epoch)) >= probability) return [];
    const drawn = bank === undefined ? index : Math.floor(uniform(path('bank', turn.epoch)) * bank);
    const variant = turn.banked ?? drawn;
    const at = { ...pointAt(round.throwEpoch, epochs), element: turn.element, label: labels?.[place] };
    const asked = strengthOf(strength, at, [...path('strength', round.throwEpoch), bank === undefined ? 0 : variant]);
    const plan = setup.planFor(asked);
    return plan.evaluations === 0 ? [] : [{ ...image, place, label: at.label, asked, plan, variant }];
  });
};

type Parts = {
  readonly found: Found;
  readonly values: Float32Array | Int32Array;
  readonly candidates: readonly Candidate[];
  readonly returned: Returned;
  readonly range: Round['range'];
};

/** The element that goes on, with the variants in it. */
const assemble = (
  { options }: AugmentSetup,
  element: Element,
  { found, values, candidates, returned, range }: Parts,
): Element => {
  const { images, replace } = found;
  if (returned.size === 0 && options.mode !== 'pair') return element;
  const all = values.slice();
  for (const [place, pixels] of returned) all.set(fromModelRange(pixels, range, images.dtype), place * pixels.length);
  const variants = tf.tensor(all, images.shape, images.dtype);
  const next = replace(options.mode === 'pair' ? { clean: images, variant: variants } : variants);
  if (!options.softLabels || returned.size === 0) return next;
  const strengths = new Array<number>(images.rank === 4 ? images.shape[0] : 1).fill(0);
  for (const { place, plan } of candidates) if (returned.has(place)) strengths[place] = plan.strength;
  return withSoftLabels(next, options.labels as string, { strengths, gamma: options.softLabels.gamma });
};

const withSoftLabels = (
  element: Element,
  key: string | number,
  { strengths, gamma }: { readonly strengths: readonly number[]; readonly gamma: number },
): Element => {
  const soft = softenLabels(labelTensor(element, key), strengths, gamma);
  if (Array.isArray(element)) return element.map((part, n) => (n === Number(key) ? soft : part));
  return { ...(element as tf.TensorContainerObject), [key]: soft };
};
