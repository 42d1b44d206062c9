import * as tf from '@tensorflow/tfjs-core';
import { checkIndex } from './boomerang.ts';
import type { Element } from './elements.ts';
import { type EpochLogs, epochCallback } from './epochCallback.ts';
import type { Copy, Transform } from './transform.ts';

/** The epoch that an element is for. */
export type At = {
  readonly epoch: number;
  /** Whether to notice images that come twice in the epoch. */
  readonly watched: boolean;
  readonly copy?: Copy;
};

/** What a transform does with an element. A failure leaves the element as it is. */
export type Work<Stats> = {
  now(element: Element, at: At): Element;
  later(element: Element, at: At): Promise<Element>;
  stats(): Stats;
  /** Hears of every epoch. */
  readonly begin?: (epoch: number) => void;
  /** Hears of the end of every epoch. */
  readonly end?: (epoch: number, logs: EpochLogs) => Promise<void>;
  /** The epoch to begin with. @defaultValue 0 */
  readonly start?: number;
};

/**
 * Makes a transform from what it does with an element: keeps the epoch, and disposes the tensors of an element that it
 * failed with, as TensorFlow.js would lose them.
 *
 * @throws ArgumentError `bad-epoch` from `setEpoch` and `async`.
 */
export const epochTransform = <Stats>({ now, later, stats, begin, end, start = 0 }: Work<Stats>): Transform<Stats> => {
  let current = start;
  const setEpoch = (epoch: number): void => {
    checkIndex(epoch, 'epoch');
    current = epoch;
    begin?.(epoch);
  };
  const transform = <E extends Element>(element: E): E => {
    try {
      return now(element, { epoch: current, watched: true }) as E;
    } catch (error) {
      tf.dispose(element);
      throw error;
    }
  };
  const transformAsync = async <E extends Element>(element: E, at: Partial<At> = {}): Promise<E> => {
    const { epoch = current } = at; // taken before waiting
    try {
      checkIndex(epoch, 'epoch');
      return (await later(element, { ...at, epoch, watched: at.epoch === undefined })) as E;
    } catch (error) {
      tf.dispose(element);
      throw error;
    }
  };
  const endEpoch = async (logs: EpochLogs = {}): Promise<void> => end?.(current, logs);
  const callback = () => epochCallback({ begin: setEpoch, end: (_, logs) => endEpoch(logs) });
  return Object.assign(transform, { async: transformAsync, callback, setEpoch, endEpoch, stats });
};
