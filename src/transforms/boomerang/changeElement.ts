import * as tf from '@tensorflow/tfjs-core';
import { type SeedPath, shuffled, uniform } from '../../random.ts';
import type { ImageKey } from '../../returns/address.ts';
import { aimOf, classesOf } from '../../returns/aim.ts';
import { type Asking, readTensor } from '../../returns/asking.ts';
import { fitted, unfitted } from '../../returns/fit.ts';
import { checkImageShape, type NamedImage, readImages, shapeOf } from '../../returns/images.ts';
import { pointAt } from '../../schedules/schedules.ts';
import { strengthOf } from '../../schedules/strength.ts';
import { fromModelRange, imageRange } from '../../tensors/range.ts';
import { promptFor } from '../../text/prompt.ts';
import { type Element, type Found, findImages, type Place, putAt } from '../elements.ts';
import { labelTensor, readLabels, softenLabels } from '../labels.ts';
import { keysOf } from '../naming.ts';
import type { Outcome, Pass } from '../transform.ts';
import { bankDraw } from './bankDraw.ts';
import type { Ledger } from './ledger.ts';
import type { AugmentSetup } from './setup.ts';
import { bringBack, type Candidate, type Returned, type Round } from './variants.ts';

/** A pass; or one that fills a bank, in which every selected image becomes this variant, whatever the epoch says. */
export type AugmentPass = Pass & { readonly banked?: number };

/**
 * An element with the chosen ones of its images thrown and returned. Images that are not chosen keep their very
 * numbers; an element in which nothing is chosen comes back as the same object.
 *
 * The way of an image from here on: `choose` gives it an address and a plan, `bringBack` tries its variants, `fly`
 * throws and returns them, and `walk` takes the steps.
 */
export function* changeElement(
  setup: AugmentSetup,
  ledger: Ledger,
  element: Element,
  pass: AugmentPass,
): Asking<Outcome> {
  const { options, naming } = setup;
  const found = findImages(element, naming.image);
  checkImageShape(found.images, options.model, options.fit);
  options.signal?.throwIfAborted();
  const range = imageRange(found.images.dtype, naming.range);
  const count = found.images.rank === 4 ? found.images.shape[0] : 1;
  const keys = pass.names ?? keysOf(naming, element, count);
  const values = yield* readTensor(found.images);
  const images = readImages(values, { count, range, keys });
  const labels = options.labels === undefined ? undefined : yield* readLabels(element, options.labels, count);
  const shape = shapeOf(found.images);
  const candidates = choose(setup, ledger, { element, images, labels, pass, shape });
  const stride = setup.bank?.variants ?? pass.copy?.of ?? 1;
  const round: Round = { epoch: pass.epoch, stride, range, dtype: found.images.dtype, shape };
  const returned = candidates.length === 0 ? new Map() : yield* bringBack(setup, ledger, candidates, round);
  ledger.landed(pass.epoch, count);
  const changed = assemble(setup, element, { found, values, images, candidates, returned, range });
  return { element: changed, names: images.map(({ key }) => key) };
}

type Choice = {
  readonly element: Element;
  readonly images: readonly NamedImage[];
  readonly labels: readonly number[] | undefined;
  readonly pass: AugmentPass;
  readonly shape: ReturnType<typeof shapeOf>;
};

/** The images whose turn it is, and how far each is thrown: all by their own names and the epoch. */
const choose = (setup: AugmentSetup, ledger: Ledger, { element, images, labels, pass, shape }: Choice): Candidate[] => {
  const { options, bank, reuse } = setup;
  const { seed, strength, epochs, conditional = false, model, prompt, negativePrompt } = options;
  const { classes = classesOf(model) } = options;
  const { index = 0 } = pass.copy ?? {};
  // Epochs that share a throw share its strength, so that the throw can be shared; a bank has one throw for all.
  const throwEpoch = bank ? 0 : pass.epoch - (pass.epoch % reuse);
  const selected = images
    .map((image, place) => ({ image, place }))
    .filter(({ image }) => setup.selector.selects(image.key));
  const probability = setup.probabilityAt(pass.epoch);
  ledger.came(pass.epoch, images.length, selected.length * probability);
  return selected.flatMap(({ image, place }) => {
    const path = (purpose: string, epoch: number): SeedPath => [seed, image.key, purpose, epoch, index];
    if (pass.banked === undefined && uniform(path('chosen', pass.epoch)) >= probability) return [];
    const variant = pass.banked ?? (bank ? drawnVariant(setup, image.key, pass) : index);
    const own = labels?.[place];
    const at = { ...pointAt(throwEpoch, epochs), element, label: own };
    const asked = strengthOf(strength, at, [...path('strength', throwEpoch), bank ? variant : 0]);
    const plan = setup.planFor(asked);
    if (!plan.isMoving) return [];
    const address = { seed, key: image.key, variant, epoch: bank ? 0 : pass.epoch, throwEpoch };
    const aim = aimOf(model, plan, {
      label: conditional ? own : undefined,
      prompt: prompt === undefined ? undefined : promptFor(prompt, { element, label: own, classes }),
      negativePrompt,
    });
    return [{ image: fitted(image, shape, model), address, plan, aim, place, asked, own }];
  });
};

/** Which variant of its bank an image becomes in an epoch; copies in the same epoch become others. */
const drawnVariant = ({ options, bank }: AugmentSetup, key: ImageKey, { epoch, copy }: AugmentPass): number => {
  const { index, of } = copy ?? { index: 0, of: 1 };
  const variants = bank?.variants ?? 1;
  if (of === 1) return bankDraw({ seed: options.seed, key, epoch, index }, variants);
  const order = shuffled(Array(variants).keys(), [options.seed, key, 'bank copies', epoch]);
  return order[index] as number;
};

type Parts = {
  readonly found: Found;
  readonly values: Float32Array | Int32Array;
  readonly images: readonly NamedImage[];
  readonly candidates: readonly Candidate[];
  readonly returned: Returned;
  readonly range: Round['range'];
};

/** The element that goes on, with the variants in it. */
const assemble = (setup: AugmentSetup, element: Element, parts: Parts): Element => {
  const { softLabels, labels, mode } = setup.options;
  const { found, candidates, returned } = parts;
  const isPair = mode === 'pair';
  const next = returned.size === 0 && !isPair ? element : withVariants(setup, parts, isPair);
  if (!softLabels) return next;
  const strengths = new Array<number>(found.images.rank === 4 ? found.images.shape[0] : 1).fill(0);
  for (const { place, plan } of candidates) if (returned.has(place)) strengths[place] = plan.strength;
  return withSoftLabels(next, labels as Place, { strengths, gamma: softLabels.gamma, isPair });
};

const withVariants = ({ options, bank }: AugmentSetup, parts: Parts, isPair: boolean): Element => {
  const { found, values, images, returned, range } = parts;
  const { fit = 'exact', model } = options;
  const all = values.slice();
  const shape = shapeOf(found.images);
  for (const [place, variant] of returned) {
    const image = images[place] as NamedImage;
    const whole = bank?.isFitted ? variant : unfitted(variant, { image, shape, fit }, model);
    all.set(fromModelRange(whole, range, found.images.dtype), place * whole.length);
  }
  const variants = tf.tensor(all, found.images.shape, found.images.dtype);
  return found.replace(isPair ? { clean: found.images, variant: variants } : variants);
};

type Softening = { readonly strengths: readonly number[]; readonly gamma: number; readonly isPair: boolean };

/** Labels become float32 whether or not an image was changed, so that elements can be batched. */
const withSoftLabels = (element: Element, place: Place, { strengths, gamma, isPair }: Softening): Element => {
  const labels = labelTensor(element, place);
  const soft = softenLabels(labels, strengths, gamma);
  if (!isPair) return putAt(element, place, soft);
  return putAt(element, place, { clean: tf.cast(labels, 'float32'), variant: soft });
};
