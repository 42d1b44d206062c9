import type * as tf from '@tensorflow/tfjs-core';
import type { CascadeOptions } from '../../../apps/enhance/cascades/options.ts';
import { degradeOf } from '../../../apps/enhance/options.ts';
import { digestOf } from '../../../checkpoints/digest.ts';
import { ArgumentError } from '../../../errors.ts';
import type { Model } from '../../../models/model.ts';
import type { ImageSet } from '../../../node/data/imageSet.ts';
import { openImages } from '../../../node/data/openImages.ts';
import { pixelsAt } from '../../../node/data/pixels.ts';
import { holdOut } from '../../../node/tuning/heldOut.ts';
import { checkWay } from '../../../node/tuning/way.ts';
import { planReturn } from '../../../returns/plan.ts';
import type { CascadeTuning } from './options.ts';

/** What a run is made of, read and checked. */
export type CascadeBench = {
  readonly tuning: CascadeTuning;
  readonly model: Model;
  /** What the user called them. */
  readonly names: { readonly model: string; readonly folder: string; readonly backend: string };
  readonly data: ImageSet;
  /** Of the images that are taken. */
  readonly places: readonly number[];
};

type Asked = Pick<CascadeBench, 'tuning' | 'names'>;

/**
 * Reads and checks everything before anything is measured.
 *
 * @throws ArgumentError `bad-factor`, `unknown-degrade`, `bad-images`, and those of `checkWay` and `openImages`.
 */
export const openCascadeBench = async (model: Model, { tuning, names }: Asked): Promise<CascadeBench> => {
  const { factor, degrade, way, fit, folders, images } = tuning;
  degradeOf({ factor, degrade, seed: 0 }).of(model.imageShape);
  checkWay(model, way, [0.3]);
  const [height, width, channels] = model.imageShape;
  const wanted = { size: [height, width], channels, fit, ...(folders === undefined ? {} : { folders }) } as const;
  const data = await openImages(names.folder, wanted);
  if (images > data.count) {
    const rule = `images must be at most as many as there are, ${data.count}`;
    throw new ArgumentError('bad-images', `${rule}; got ${images}`);
  }
  const { validation, training } = holdOut(data.count); // those that no classifier of ours learns from come first
  return { tuning, model, names, data, places: [...validation, ...training].slice(0, images) };
};

/** The options of `calibrateCascade`. */
export const calibrating = ({ factor, degrade, noise, goal, samples, evaluations, way, seed }: CascadeTuning) =>
  ({ ...way, factor, degrade, noise: noise / 255, goal, samples, evaluations, seed }) satisfies CascadeOptions;

/** The first images of those that are taken: values in [0, 1], and their shape. */
export const originalsOf = (
  { data, places }: CascadeBench,
  count = places.length,
): readonly [Float32Array, tf.Tensor4D['shape']] => [
  pixelsAt(data, places.slice(0, count)),
  [Math.min(count, places.length), ...data.imageShape],
];

/** Everything that the figures of a cascade depend on. */
export const settingsOf = ({ tuning, model, names, data }: CascadeBench): Promise<string> => {
  const { goal: _, evaluations: _e, way, ...own } = tuning;
  const { prompt, negativePrompt, ...manner } = way;
  const { solverName, guidance } = planReturn(model, { ...manner, strength: 0.3, steps: 1 });
  const { digest, engine, device } = model;
  const told = [solverName, guidance, prompt ?? null, negativePrompt ?? null];
  const facts = JSON.stringify(['cascades v1', digest, engine, device, names.backend, data.digest, own, told]);
  return digestOf([new TextEncoder().encode(facts)]);
};
