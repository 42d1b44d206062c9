import type { OpenClassifier } from '../../node/classifierFile.ts';
import type { LabelledImages } from '../../node/data/labelledImages.ts';
import { findClassifier, needsTraining, placeClassifier, rightPlaces } from '../../node/tuning/classifier.ts';
import { holdOut } from '../../node/tuning/heldOut.ts';

/** A classifier, and the held-out images that it gets right. */
export type Judge = Pick<OpenClassifier, 'classify'> & {
  /** Places in the data set: of the first so many held-out images, those that the classifier gets right. */
  readonly rightOf: (count: number) => readonly number[];
};

export type FindingJudge = {
  readonly signal: AbortSignal;
  /** Told how far the training is, where the classifier is not there yet. */
  readonly onTraining: (share: number) => void;
};

export type Judging = {
  /** How many images are held out. */
  readonly heldOut: number;
  /**
   * Finds the classifier, once; one that was not named is trained on the images that are not held out, and kept for other
   * runs. Whoever asks has a turn.
   *
   * @throws ArgumentError, CheckpointError, EnvironmentError as `findClassifier`.
   */
  readonly find: (work: FindingJudge) => Promise<Judge>;
  readonly dispose: () => void;
};

type Judged = { readonly data: LabelledImages; readonly classifier?: string };

export const makeJudging = ({ data, classifier: given }: Judged): Judging => {
  const { training, validation } = holdOut(data.count);
  let found: (Judge & Pick<OpenClassifier, 'dispose'>) | undefined;
  const find = async ({ signal, onTraining }: FindingJudge): Promise<Judge> => {
    if (found) return found;
    const place = await placeClassifier(given, data, training);
    const onProgress = needsTraining(place) ? onTraining : () => undefined;
    const classifier = await findClassifier(place, { data, training, signal, onProgress });
    try {
      const right = new Set(await rightPlaces(classifier, { data, places: validation, signal }));
      const rightOf = (count: number) => validation.slice(0, count).filter((place) => right.has(place));
      found = { ...classifier, rightOf };
      return found;
    } catch (error) {
      classifier.dispose();
      throw error;
    }
  };
  const dispose = (): void => {
    found?.dispose();
    found = undefined;
  };
  return { heldOut: validation.length, find, dispose };
};
