import type { Element } from './elements.ts';
import type { EpochCallback, EpochLogs } from './epochCallback.ts';
import type { ImageKey } from './images.ts';

/** Which of several copies of an element is meant, and how many there are. */
export type Copy = { readonly index: number; readonly of: number };

/** A transform for data sets, whose results may differ from epoch to epoch. */
export type Transform<Stats = unknown> = {
  /** For `dataset.map`. */
  <E extends Element>(element: E): E;
  /** For `dataset.mapAsync`: waits instead of blocking. */
  async<E extends Element>(element: E, at?: { readonly epoch?: number; readonly copy?: Copy }): Promise<E>;
  /** For the `callbacks` of `fitDataset`, alone or in a list: advances the epoch, and lets what is adaptive adapt. */
  callback(): EpochCallback;
  /** Advances the epoch in a training loop of your own. */
  setEpoch(epoch: number): void;
  /** Ends an epoch in a training loop of your own: what is adaptive measures and moves. */
  endEpoch(logs?: EpochLogs): Promise<void>;
  stats(): Stats;
  /** Present if what it does to an image follows from the image's name, whatever its pixels became on the way. */
  readonly byName?: ByName;
};

/**
 * A transform in two parts, so that `compose` can name images before any transform has changed them: an engine that
 * rounds differently in another batch then changes no draw.
 */
export type ByName = {
  /** The names of an element's images, one for each. */
  names(element: Element): readonly ImageKey[];
  /** As `names`, and waits for the pixels. */
  namesAsync(element: Element): Promise<readonly ImageKey[]>;
  /** Another element, made from one whose tensors are left alone. */
  change(element: Element, at: { readonly epoch: number; readonly names: readonly ImageKey[] }): Element;
};
