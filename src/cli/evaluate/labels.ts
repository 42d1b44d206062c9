import type { Model } from '../../models/model.ts';
import type { ImageSet } from '../../node/data/imageSet.ts';
import type { EpsilonErrorOptions } from '../../node/training/epsilonError.ts';
import { toldLabels } from '../../node/tuning/heldOut.ts';
import { namesClass, type Way } from '../../node/tuning/way.ts';
import { classesOf } from '../../returns/aim.ts';
import { promptFor } from '../../text/prompt.ts';
import type { Asked } from './options.ts';

/**
 * The label by which the model is told of each image: where both have classes, or the prompt names them.
 *
 * @throws ArgumentError `bad-label`
 */
export const ownLabels = (
  model: Model,
  { labels, classes = [] }: ImageSet,
  way: Way,
): readonly number[] | undefined => {
  if (!labels || !(model.labels || namesClass(way))) return undefined;
  const byClass = toldLabels({ classes }, model);
  return labels.map((label) => byClass[label] as number);
};

export type LabelWay = { readonly returnTo?: readonly number[] };

/**
 * The labels that images at some places return to: the null label if there is one, and their own if there are any; their
 * own alone where the prompt names them.
 */
export const labelWays = (
  model: Model,
  places: readonly number[],
  { own, way }: { readonly own: readonly number[] | undefined; readonly way: Way },
): readonly LabelWay[] => {
  const hasNull = !model.labels || model.labels.nullLabel !== undefined;
  const toOwn = own ? [{ returnTo: places.map((place) => own[place] as number) }] : [];
  return [...(hasNull && !namesClass(way) ? [{}] : []), ...toOwn];
};

/** What the network is told of all images when it is asked for their noise. */
export const toldOfImages = (
  model: Model,
  images: ImageSet,
  { seed, way }: Pick<Asked, 'seed' | 'way'>,
): Pick<EpsilonErrorOptions, 'seed' | 'labels' | 'prompts' | 'guidance'> => {
  const own = ownLabels(model, images, way);
  const { prompt, guidance, classes = classesOf(model) } = way;
  const promptAt = (_: unknown, place: number): string =>
    prompt === undefined ? '' : promptFor(prompt, { element: undefined, label: own?.[place], classes });
  return {
    seed,
    ...(model.labels && own ? { labels: own } : {}),
    ...(prompt === undefined ? {} : { prompts: Array.from({ length: images.count }, promptAt) }),
    ...(guidance === undefined ? {} : { guidance }),
  };
};
