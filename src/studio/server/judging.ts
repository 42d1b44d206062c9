import type { OpenClassifier } from '../../node/classifierFile.ts';
import type { LabelledImages } from '../../node/data/labelledImages.ts';
import { findClassifier, needsTraining, placeClassifier, rightPlaces } from '../../node/tuning/classifier.ts';
import { holdOut } from '../../node/tuning/heldOut.ts';

/** A classifier, and the held-out images that it gets right, by their places in the data set. */
export type Judge = Pick<OpenClassifier, 'classify'> & { readonly right: readonly number[]; readonly heldOut: number };

export type FindingJudge = {
  readonly signal: AbortSignal;
  /** Told how far the training is, where the classifier is not there yet. */
  readonly onTraining: (share: number) => void;
};

export type Judging = {
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
  let found: (Judge & Pick<OpenClassifier, 'dispose'>) | undefined;
  return {
    async find({ signal, onTraining }) {
      if (found) return found;
      const { training, validation } = holdOut(data.count);
      const place = await placeClassifier(given, data, training);
      const onProgress = needsTraining(place) ? onTraining : () => undefined;
      const classifier = await findClassifier(place, { data, training, signal, onProgress });
      try {
        const right = await rightPlaces(classifier, { data, places: validation, signal });
        found = { ...classifier, right, heldOut: validation.length };
        return found;
      } catch (error) {
        classifier.dispose();
        throw error;
      }
    },
    dispose() {
      found?.dispose();
      found = undefined;
    },
  };
};
