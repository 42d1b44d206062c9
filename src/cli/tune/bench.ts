import type { Model } from '../../models/model.ts';
import { openClassifier } from '../../node/classifierFile.ts';
import type { ImageSet } from '../../node/data/imageSet.ts';
import { isLabelled, type LabelledImages, withLabels } from '../../node/data/labelledImages.ts';
import { openImages } from '../../node/data/openImages.ts';
import { type ClassifierPlace, placeClassifier } from '../../node/tuning/classifier.ts';
import { checkImages, holdOut, modelLabels, namingClasses, type Split, toldLabels } from '../../node/tuning/heldOut.ts';
import { checkWay, checkWayPrompt, namesClass } from '../../node/tuning/way.ts';
import type { Tuning } from './options.ts';

/** What a run is made of, read and checked. */
export type Bench = {
  readonly tuning: Tuning;
  readonly model: Model;
  /** What the user called them. */
  readonly names: { readonly model: string; readonly folder: string; readonly backend: string };
  /** Without labels all images are of one class without a name, which only `--by distance` takes. */
  readonly data: LabelledImages;
  readonly hasLabels: boolean;
  readonly split: Split;
  /** Absent where labels decide nothing. */
  readonly classifier?: ClassifierPlace;
  /** The label by which the model is told of each class of the data, where images return to their own or are called by it. */
  readonly ownLabels: readonly number[] | undefined;
};

type Asked = Pick<Bench, 'tuning' | 'names'> & { readonly classifier: string | undefined };

/**
 * Reads and checks everything before anything is measured.
 *
 * @throws ArgumentError of `checkWay`, `bad-images`, `bad-label`, and those of `openImages`, `withLabels` and
 * `openClassifier`.
 */
export const openBench = async (model: Model, { tuning, names, classifier }: Asked): Promise<Bench> => {
  checkWay(model, tuning.way, tuning.strengths);
  const [height, width, channels] = model.imageShape;
  const { fit, folders } = tuning;
  const wanted = { size: [height, width], channels, fit, ...(folders === undefined ? {} : { folders }) } as const;
  const images = await openImages(names.folder, wanted);
  const hasLabels = isLabelled(images);
  const isByLabels = tuning.by === 'labels';
  const asks = isByLabels || tuning.conditional;
  const data =
    hasLabels || asks
      ? withLabels(images, names.folder, isByLabels ? 'say --by distance' : undefined)
      : asOneClass(images);
  const way = namingClasses(tuning.way, data, model);
  checkWayPrompt(model, way, hasLabels);
  const split = holdOut(data.count);
  checkImages(tuning.images, split);
  if (tuning.conditional) modelLabels(data, model); // refused of a model without classes
  const ownLabels = tuning.conditional || namesClass(way) ? toldLabels(data, model) : undefined;
  if (classifier !== undefined) {
    const opened = await openClassifier(classifier, data.imageShape, data.classes.length);
    opened.dispose(); // refused before anything is measured
  }
  return {
    tuning: { ...tuning, way },
    model,
    names,
    data,
    hasLabels,
    split,
    ...(isByLabels ? { classifier: await placeClassifier(classifier, data, split.training) } : {}),
    ownLabels,
  };
};

const asOneClass = (images: ImageSet): LabelledImages =>
  ({ ...images, labels: new Array<number>(images.count).fill(0), classes: [''] }) as LabelledImages;
