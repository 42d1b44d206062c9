import type { ImageKey } from '../returns/address.ts';
import type { Asking } from '../returns/asking.ts';
import type { Element } from './elements.ts';
import type { EpochCallback, EpochLogs } from './epochCallback.ts';
import type { Naming } from './naming.ts';

/** Which of several copies of an element is meant, and how many there are. */
export type Copy = { readonly index: number; readonly of: number };

/** Where a transform stands, as plain JSON: everything else follows from addresses. */
export type TransformState = {
  readonly version: 2;
  /** The transform that it is of: `boomerangAugment`, `classical`, `compose`. */
  readonly kind: string;
  /** The epoch to go on with: the one under way, or, after its end, the next one. */
  readonly epoch: number;
};

/** A transform for data sets, whose results may differ from epoch to epoch. */
export type Transform<Stats = unknown, State extends TransformState = TransformState> = {
  /** For `dataset.map`. */
  <E extends Element>(element: E): E;
  /** For `dataset.mapAsync`: waits instead of blocking. */
  async<E extends Element>(element: E, at?: { readonly epoch?: number; readonly copy?: Copy }): Promise<E>;
  /** The names by which it knows the images of an element, which is left alone: those of records and selections. */
  namesOf(element: Element): Promise<readonly ImageKey[]>;
  /**
   * For the `callbacks` of `fitDataset`, alone or anywhere in a list: tells the epochs. What saves `state()` belongs
   * behind it in the list.
   */
  callback(): EpochCallback;
  /** Begins an epoch in a training loop of your own. */
  setEpoch(epoch: number): void;
  /**
   * Ends an epoch in a training loop of your own: what is adaptive measures and moves, and the next epoch begins.
   *
   * @param epoch @defaultValue the one that is under way
   */
  endEpoch(logs?: EpochLogs, epoch?: number): Promise<void>;
  /** Where it stands. */
  state(): State;
  /**
   * Goes on where another one stood that was made in the same way.
   *
   * @throws ArgumentError `bad-state`, naming what differs.
   */
  restore(state: State): void;
  stats(): Stats;
  /** What it does, for `compose` and `augmentDataset`. */
  readonly stage: Stage<Stats>;
};

/** What a transform does with an element in an epoch. */
export type Stage<Stats = unknown> = {
  readonly kind: string;
  readonly naming: Naming;
  /** Whether it keeps something for each image, which is of no use behind a transform that changes images. */
  readonly keepsImages: boolean;
  /** Makes another element. The given one is left alone, also by a failure. */
  change(element: Element, pass: Pass): Asking<Outcome>;
  stats(): Stats;
  /** What is to be kept beside the epoch. */
  state(): object;
  restore(state: Readonly<Record<string, unknown>>): void;
  /** Hears of every epoch. */
  begin?(epoch: number): void;
  /** Hears of the end of every epoch that somebody ends: what is adaptive moves. */
  end?(epoch: number, logs: EpochLogs): Promise<void>;
  /** Hears that no more elements of an epoch will come, perhaps more than once: what did not happen in it can be said. */
  passed?(epoch: number): void;
};

/** An element's way through a stage: it belongs to the epoch in which it entered. */
export type Pass = {
  readonly epoch: number;
  /** @defaultValue the only one */
  readonly copy?: Copy | undefined;
  /** The names of its images, if they were named before another transform changed them. */
  readonly names?: readonly ImageKey[] | undefined;
};

/** What became of an element, and the names of its images. */
export type Outcome = { readonly element: Element; readonly names: readonly ImageKey[] };
