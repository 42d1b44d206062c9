import type { Classifier } from '../../models/classifier.ts';
import type { Model } from '../../models/model.ts';
import type { Originals } from '../../node/copies/originals.ts';
import type { OpenEmbedder } from '../../node/embedders/openEmbedder.ts';
import type { AnonymiseCommand, Asked } from './options.ts';

/** What a run of the command works with. */
export type Making = {
  readonly options: AnonymiseCommand;
  readonly asked: Asked;
  readonly originals: Originals;
  readonly people: readonly string[] | undefined;
  readonly embed: OpenEmbedder;
  readonly judge: OpenEmbedder;
  /** Tells the classes of images. */
  readonly classifier?: Classifier;
  /** By which number the model is told of a class. */
  readonly labelOf?: (className: string) => number | undefined;
  readonly model: Model;
  readonly signal: AbortSignal;
};
