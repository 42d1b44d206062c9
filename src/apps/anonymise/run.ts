import type { Classifier } from '../../models/classifier.ts';
import type { Model } from '../../models/model.ts';
import type { Embedder } from './embedder.ts';
import type { Picture, Regions } from './regions/regions.ts';
import type { Way } from './throwPictures.ts';

/** An original, or why there is none. */
export type Original = { readonly place: number } & (
  | {
      readonly picture: Picture;
      /** The class to return to; the null label where absent. */
      readonly label?: number | undefined;
      readonly fault?: undefined;
    }
  | { readonly fault: string; readonly picture?: undefined }
);

/** Where originals come from: always in the same order, in the channels of the model. */
export type Originals = {
  readonly count: number;
  /** Some of them, in rising order of their places. */
  read(places: readonly number[]): AsyncIterable<Original>;
  /** Who is seen in each image. @defaultValue each is somebody else */
  readonly people?: readonly (string | number)[] | undefined;
  readonly labels?: readonly number[] | undefined;
};

/** What of a copy a model made. */
export type Made = 'whole' | 'regions' | 'nothing';

/** Where copies go. The same place may be written twice: what is written is then the same. */
export type Copies = {
  write(place: number, picture: Picture, made: Made): Promise<void>;
  /** As it was written. */
  read(place: number): Promise<Picture>;
};

/**
 * What a run has done, so that another can go on: runs some work, or gives what the same work gave before. Results are
 * plain JSON, but for typed arrays.
 */
export type Journal = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** What a run does now, for people. */
export type Phase = 'looking' | 'choosing' | 'copying' | 'attacking';

export type OnProgress = (phase: Phase, share: number) => void;

/** What is done with an image in which nobody is found: it goes as it is, is thrown as a whole, or is left out. */
export type NoFace = 'copy' | 'whole' | 'skip';

/** What of an image changes: all of it, what the embedder detects, or the same region of each. */
export type Region = Regions | 'faces';

/** Everything that a run works with. */
export type Run = {
  readonly model: Model;
  readonly originals: Originals;
  readonly copies: Copies;
  readonly journal: Journal;
  readonly embed: Embedder;
  readonly judge: Embedder;
  readonly secret: string;
  readonly way: Way;
  readonly target: number;
  readonly strengths: readonly number[];
  readonly per: 'set' | 'image';
  readonly region: Region;
  readonly noFace: NoFace;
  /** Images that strength is chosen by, at most, and four times as many as attacks are tried on. */
  readonly sample: number;
  /** Whether attacks are tried. */
  readonly attacks: boolean;
  readonly classifier?: Classifier | undefined;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
};

/** Images that are worked on at a time: what one of them becomes in 8 bits may depend on it. */
export const BATCH = 32;

/** Places in batches, always the same ones. */
export const batchesOfPlaces = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(count / BATCH) }, (_, batch) =>
    Array.from({ length: Math.min(BATCH, count - batch * BATCH) }, (__, n) => batch * BATCH + n),
  );
