import { stat } from 'node:fs/promises';
import { ArgumentError } from '../../errors.ts';
import type { TrainedRun } from '../../train/trainOptions.ts';
import type { FolderTraining, StageTrained, TrainingPlan } from './folderTraining.ts';
import { type Found, type History, NO_HISTORY } from './history.ts';
import { reserveMs } from './plan.ts';
import type { Stage } from './stage.ts';
import type { RunFacts, SavedRun } from './stateFile.ts';
import { watcher } from './watcher.ts';

export type StagePrepared<F extends Found> = {
  /** Path of the state. */
  readonly state: string;
  readonly facts: RunFacts;
  readonly saved: SavedRun<F> | undefined;
  readonly plan: TrainingPlan;
  /** When the stage began, by `performance.now`. */
  readonly began: number;
};

export type StageEnded<F extends Found> = {
  readonly result: TrainedRun;
  readonly history: History<F>;
};

/**
 * Trains one stage: looks and saves now and then and in the end, and writes its networks.
 *
 * @throws as its trainer; after `diverged` the message says where the last good state is.
 */
export const trainStage = async <F extends Found>(
  stage: Stage<F>,
  training: FolderTraining,
  { state, facts, saved, plan, began }: StagePrepared<F>,
): Promise<StageEnded<F>> => {
  const elapsedMs = saved?.state.elapsedMs ?? 0;
  const known: History<F> = saved?.history ?? NO_HISTORY;
  const watch = watcher(stage, { training, plan, facts, history: known, elapsedMs, state });
  const result = await stage
    .train({
      ...(saved ? { resume: { ...saved.state, settings: stage.prepare().settings } } : {}),
      microBatch: plan.microBatch,
      reserveMs: reserveMs(plan) + performance.now() - began,
      onStep: watch.onStep,
    })
    .catch(async (error: unknown) => {
      throw await withPlace(error, state);
    });
  const moment = { weights: async () => new Map(result.weights), state: async () => result.state };
  if (training.signal?.aborted !== true) await watch.look(moment, result.steps);
  await watch.save(moment);
  await stage.write(result.weights);
  return { result, history: watch.history() };
};

/** A stage in figures. */
export const figuresOf = <F extends Found>({ result, history }: StageEnded<F>): StageTrained<F> => ({
  steps: result.steps,
  loss: result.steps > 0 ? result.state.smoothed : undefined,
  heldOut: history.heldOut.at(-1),
});

/** A training that diverged says where it was good, if that was saved. */
const withPlace = async (error: unknown, path: string): Promise<unknown> => {
  const isKept = error instanceof ArgumentError && error.code === 'diverged' && (await isThere(path));
  return isKept ? new ArgumentError(error.code, `${error.message}; the last good state is still in ${path}`) : error;
};

export const isThere = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined;
