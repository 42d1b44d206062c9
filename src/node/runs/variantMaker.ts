import * as tf from '@tensorflow/tfjs-core';
import type { LatentCache } from '../../caches/cache.ts';
import type { Model } from '../../models/model.ts';
import { driveAsync } from '../../returns/drive.ts';
import type { VariantRecord } from '../../returns/record.ts';
import { changeElement } from '../../transforms/boomerang/changeElement.ts';
import { optionsFrom } from '../../transforms/boomerang/config.ts';
import type { Keep } from '../../transforms/boomerang/filters.ts';
import { makeLedger } from '../../transforms/boomerang/ledger.ts';
import { setUpAugment } from '../../transforms/boomerang/setup.ts';
import { disposeUnshared, type Element } from '../../transforms/elements.ts';
import { bankRecorder, type Tried } from './bankRecorder.ts';
import { type Labelling, labelsOption } from './labelling.ts';
import type { RunPlan } from './plan.ts';
import type { ReadImage } from './readImages.ts';
import { type ChangedValues, changedValues, runElement } from './runElement.ts';

/** What became of an image. */
export type MadeVariant = {
  /** What the augmenter calls the image. */
  readonly key: string;
  readonly pixels: Uint8Array;
  readonly softLabel?: readonly number[];
  /** Of the variant that was taken, or, where none passed, of the last one that was tried. */
  readonly record?: VariantRecord;
  /** Names of all that were tried; see `SampleEntry`. */
  readonly bankNames: readonly string[];
};

export type MakingVariants = {
  readonly model: Model;
  readonly labels?: Labelling;
  readonly keep?: Keep;
  /** Of encoded images, for a latent model. */
  readonly cache?: LatentCache;
};

/** Makes one variant of each of some images of the same shape. */
export type VariantMaker = (images: readonly ReadImage[], variant: number) => Promise<readonly MadeVariant[]>;

/** The transform of a plan, with a bank that remembers what it was asked for. */
export const variantMaker = (plan: RunPlan, { model, labels, keep, cache }: MakingVariants): VariantMaker => {
  const { bank, onVariant, taken } = bankRecorder(plan.variants);
  const live = {
    ...{ model, bank, onVariant },
    ...(labels ? { labels: labelsOption(labels) } : {}),
    ...(keep ? { keep } : {}),
    ...(cache ? { cache } : {}),
  };
  const setup = setUpAugment(optionsFrom(plan.augment, live));
  const ledger = makeLedger();
  const isSoft = setup.options.softLabels !== undefined;
  return async (images, banked) => {
    taken(); // of a batch that failed
    const element = runElement(images, plan.data.classes, labels) as Element;
    let changed: Element | undefined;
    try {
      const outcome = await driveAsync(changeElement(setup, ledger, element, { epoch: 0, banked }));
      changed = outcome.element;
      const keys = outcome.names.map(String);
      const tried = triedOf(keys, taken());
      const values = await changedValues(changed);
      return keys.map((key, n) => ({ key, ...ofImage(values, n, keys.length, isSoft), ...summaryOf(tried[n] ?? []) }));
    } finally {
      if (changed) disposeUnshared(changed, element);
      tf.dispose(element);
    }
  };
};

const ofImage = ({ pixels, labels }: ChangedValues, n: number, count: number, isSoft: boolean) => {
  const row = (values: ArrayLike<number>): number[] => {
    const size = values.length / count;
    return Array.from({ length: size }, (_, i) => values[n * size + i] as number);
  };
  return { pixels: Uint8Array.from(row(pixels)), ...(isSoft && labels ? { softLabel: row(labels) } : {}) };
};

const summaryOf = (tried: readonly Tried[]) => {
  const record = tried.at(-1)?.record;
  return { ...(record ? { record } : {}), bankNames: tried.map(({ bankName }) => bankName) };
};

/** What was tried of each image; images that are equal go by the same key, and take turns. */
const triedOf = (keys: readonly string[], tried: readonly Tried[]): readonly (readonly Tried[])[] => {
  const places = new Map<string, number[]>();
  for (const [n, key] of keys.entries()) places.set(key, [...(places.get(key) ?? []), n]);
  const turns = new Map<string, number>();
  const found = keys.map((): Tried[] => []);
  for (const one of tried) {
    const key = String(one.record.key);
    const [turn, equal] = [turns.get(key) ?? 0, places.get(key) as number[]];
    found[equal[turn % equal.length] as number]?.push(one);
    turns.set(key, turn + 1);
  }
  return found;
};
