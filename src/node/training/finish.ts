import { join } from 'node:path';
import { writeWhole } from '../output.ts';
import { modelCard } from './card.ts';
import type { EpsilonError } from './epsilonError.ts';
import type { FolderTrained, FolderTraining } from './folderTraining.ts';
import { SHEET_FILE } from './look.ts';
import { drawLosses, drawReconstructionLosses } from './lossChart.ts';
import { markUnfinished } from './markUnfinished.ts';
import { outlook } from './outlook.ts';
import { qualityOf } from './quality.ts';
import type { ReconstructionError } from './reconstructionError.ts';
import { figuresOf, isThere, type StageEnded } from './trainStage.ts';

export type Ended = {
  readonly autoencoder?: StageEnded<ReconstructionError>;
  /** Absent where the run was stopped before it. */
  readonly denoiser?: StageEnded<EpsilonError>;
  readonly minutes: number;
};

const NOTHING = { steps: 0, loss: undefined, heldOut: undefined, quality: undefined };

/** Writes what is to be told of a model: charts, log and, where it is whole, its card. */
export const finish = async (
  out: string,
  training: FolderTraining,
  { autoencoder, denoiser, minutes }: Ended,
): Promise<FolderTrained> => {
  const trained: FolderTrained = {
    ...(denoiser ? { ...figuresOf(denoiser), quality: worthOf(denoiser, training) } : NOTHING),
    minutes,
    isStopped: training.signal?.aborted === true,
    ...(autoencoder ? { autoencoder: figuresOf(autoencoder) } : {}),
  };
  const write = (name: string, bytes: Uint8Array): Promise<void> => writeWhole(join(out, name), bytes);
  const text = (name: string, value: string): Promise<void> => write(name, new TextEncoder().encode(value));
  const log = (ended: StageEnded<EpsilonError> | StageEnded<ReconstructionError>) => ({
    settings: ended.result.state.settings,
    ...ended.history,
  });
  if (autoencoder) await write('autoencoder-losses.png', await drawReconstructionLosses(autoencoder.history));
  if (denoiser) await write('losses.png', await drawLosses(denoiser.history));
  const whole = { ...(denoiser ? log(denoiser) : {}), ...(autoencoder ? { autoencoder: log(autoencoder) } : {}) };
  await text('training-log.json', `${JSON.stringify(whole, undefined, 2)}\n`);
  if (denoiser) {
    const { history } = denoiser;
    await markUnfinished(
      out,
      training.accept || trained.quality?.isUsable !== false ? undefined : trained.quality.text,
    );
    const hasSheet = await isThere(join(out, SHEET_FILE));
    await text('README.md', modelCard({ out, training, trained, history, hasSheet }));
  }
  return trained;
};

const UNMEASURED = { isUsable: false, text: 'It was stopped before anything was measured on held-out images.' };

const worthOf = (
  { history: { heldOut } }: StageEnded<EpsilonError>,
  training: FolderTraining,
): FolderTrained['quality'] => {
  const last = heldOut.at(-1);
  if (last === undefined) return training.signal?.aborted ? UNMEASURED : undefined;
  const quality = qualityOf(last, { isLatent: training.model.autoencoder !== undefined });
  const more = quality.isUsable || quality.wanted === undefined ? undefined : outlook(heldOut, quality.wanted);
  return { ...quality, ...(more === undefined ? {} : { outlook: more }) };
};
