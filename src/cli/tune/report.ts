import type { Interval } from '../../calibrate/intervals.ts';
import type { ClassReach, Reach } from '../../calibrate/reach.ts';
import type { Fit } from '../../node/data/fitImage.ts';
import type { SweepPoint } from '../../node/tuning/sweep.ts';
import type { ReportedModel } from '../reportedModel.ts';
import type { By } from './options.ts';

/** What was measured of a strength, without what it was measured from. */
export type ReportedPoint = Omit<SweepPoint, 'kept' | 'shown' | 'roundTrip'>;

/** What `boomerang tune` found: the contents of `tune.json`. */
export type TuneReport = {
  readonly version: 1;
  readonly model: ReportedModel;
  readonly backend: string;
  readonly data: {
    readonly folder: string;
    /** Training images that were held out from the classifier. */
    readonly validation: number;
    /** Those that were asked for, and those of them that were measured: that the classifier gets right, if one was asked. */
    readonly images: number;
    readonly measured: number;
    /** Null where nobody was asked for labels. */
    readonly classifier: string | null;
    /** Share of all validation images that the classifier gets right. */
    readonly accuracy: number | null;
  };
  readonly solver: string;
  readonly steps: number;
  readonly eta: number | null;
  readonly conditional: boolean;
  /** What the model was told of the images, and led them away from; null where nothing was said. */
  readonly prompt: string | null;
  readonly negativePrompt: string | null;
  /** How strongly images were led; 1 is off. */
  readonly guidance: number;
  readonly variants: number;
  /** What was done to images of another size than the model's. */
  readonly fit: Fit;
  readonly seed: string;
  /** What decides which strengths are useful. */
  readonly by: By;
  /** Null by distance, like `reach`. */
  readonly target: number | null;
  readonly minDiversity: number;
  /** Network calls that all variants together took, image by image. */
  readonly evaluations: number;
  readonly points: readonly ReportedPoint[];
  /** What the autoencoder of a latent model alone does to the images. */
  readonly roundTrip?: ReportedPoint;
  readonly perClass: readonly ClassReach[];
  /** Up to which strength the target is met. */
  readonly reach: Reach | null;
  readonly band: Interval | null;
};
