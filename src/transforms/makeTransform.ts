import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { count } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import { drive, driveAsync } from '../returns/drive.ts';
import type { Element } from './elements.ts';
import { type EpochLogs, epochCallback } from './epochCallback.ts';
import { watchEpochs } from './epochWatch.ts';
import { namesOf } from './naming.ts';
import type { Pass, Stage, Transform, TransformState } from './transform.ts';

const VERSION = 2;

/**
 * Makes a transform of a stage, and owns its epoch. An element belongs to the transform: if it fails, the tensors of
 * the element are disposed, as TensorFlow.js would lose them.
 *
 * @throws ArgumentError `bad-epoch` from `setEpoch` and `async`, `bad-state` from `restore`.
 */
export const makeTransform = <Stats, State extends TransformState = TransformState>(
  stage: Stage<Stats>,
): Transform<Stats, State> => {
  const watch = watchEpochs();
  let current = 0;
  const setEpoch = (epoch: number): void => {
    checkEpoch(epoch);
    if (epoch > current) stage.passed?.(current);
    current = epoch;
    stage.begin?.(epoch);
  };
  const end = async (ended: number, logs: EpochLogs, called: boolean): Promise<void> => {
    checkEpoch(ended);
    await stage.end?.(ended, logs);
    stage.passed?.(ended);
    watch.ended(ended, called);
    current = Math.max(current, ended + 1); // the next one may be under way, since passes run ahead
  };
  const endEpoch = (logs: EpochLogs = {}, epoch = current): Promise<void> => end(epoch, logs, false);
  const transform = <E extends Element>(element: E): E => {
    try {
      const { element: changed, names } = drive(stage.change(element, { epoch: current }));
      watch.came(names, current);
      return changed as E;
    } catch (error) {
      tf.dispose(element);
      throw error;
    }
  };
  const later = async <E extends Element>(element: E, at: Partial<Pass> = {}): Promise<E> => {
    const { epoch = current } = at; // taken before waiting
    try {
      checkEpoch(epoch);
      const { element: changed, names } = await driveAsync(stage.change(element, { copy: at.copy, epoch }));
      if (at.epoch === undefined) watch.came(names, epoch);
      return changed as E;
    } catch (error) {
      tf.dispose(element);
      throw error;
    }
  };
  return Object.assign(transform, {
    async: later,
    stage,
    namesOf: (element: Element) => driveAsync(namesOf(stage.naming, element)),
    callback: () =>
      epochCallback({ begin: setEpoch, end: (epoch, logs) => end(epoch, logs, true), trained: watch.trained }),
    setEpoch,
    endEpoch,
    state() {
      watch.asked();
      return { version: VERSION, kind: stage.kind, epoch: current, ...stage.state() } as unknown as State;
    },
    restore(state: State) {
      checkState(state, stage.kind);
      stage.restore(state as unknown as Readonly<Record<string, unknown>>);
      setEpoch(state.epoch);
    },
    stats: stage.stats,
  });
};

const checkEpoch = (epoch: unknown): void => {
  if (v.is(count(0), epoch)) return;
  throw new ArgumentError('bad-epoch', `epoch must be a whole number of at least 0, got ${epoch}`);
};

const checkState = (state: TransformState, kind: string): void => {
  if (typeof state !== 'object' || state === null) throw badState(`must be what state() gave, got ${state}`);
  if (state.version !== VERSION) throw badState(`must have version ${VERSION}, got ${state.version}`);
  if (state.kind !== kind) throw badState(`is of ${state.kind}, and this is ${kind}`);
  checkEpoch(state.epoch);
};

export const badState = (rule: string): ArgumentError => new ArgumentError('bad-state', `the state ${rule}`);
