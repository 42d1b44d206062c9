import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { headerEnd, parseHeader, parseSafetensors } from '../../checkpoints/safetensors.ts';
import { naming } from '../../checkpoints/weightFiles.ts';
import { writeSafetensors } from '../../checkpoints/writeSafetensors.ts';
import { CheckpointError } from '../../errors.ts';
import { refuseOtherSettings } from '../../train/settings.ts';
import type { TrainingState } from '../../train/trained.ts';
import { writeWhole } from '../output.ts';
import type { EpsilonError } from './epsilonError.ts';
import type { Found, History } from './history.ts';

/** Everything that decides the weights of a run: options, and digests of the data and of the weights it starts from. */
export type RunFacts = Readonly<Record<string, unknown>>;

/** A run at a moment, as it is kept on disk. */
export type SavedRun<F extends Found = EpsilonError> = {
  readonly state: Omit<TrainingState, 'settings'>;
  readonly facts: RunFacts;
  readonly history: History<F>;
};

export const STATE_FILE = 'training-state.safetensors';
export const AUTOENCODER_STATE_FILE = 'autoencoder-state.safetensors';

/**
 * Writes a run under a temporary name, then renames it: whenever the process is killed, the file is whole.
 *
 * @throws EnvironmentError `bad-output`.
 */
export const writeRun = async (path: string, { state, facts, history }: SavedRun<Found>): Promise<void> => {
  const { tensors, step, elapsedMs, smoothed } = state;
  const numbers = { step, elapsedMs, smoothed };
  const stored = new Map([...tensors].map(([name, weight]) => [name, { dtype: 'F32' as const, ...weight }]));
  const metadata = { format: 'boomerang-training-1', run: JSON.stringify({ ...numbers, facts, history }) };
  await writeWhole(path, writeSafetensors(stored, metadata));
};

/**
 * Reads a run back; undefined if there is none.
 *
 * @throws CheckpointError `bad-safetensors`, `bad-training-state` for another file.
 * @throws ArgumentError `another-run` when it was made with other options or data; the message names what differs.
 */
export const readRun = async <F extends Found = EpsilonError>(
  path: string,
  facts: RunFacts,
): Promise<SavedRun<F> | undefined> => {
  await removeRemains(path);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CheckpointError('bad-training-state', `cannot read ${path}: ${error.message}`);
  });
  if (bytes === undefined) return undefined;
  const { facts: saved, history, ...numbers } = naming(path, () => runIn(bytes));
  refuseOtherSettings(path, saved, facts);
  const tensors = new Map(
    [...parseSafetensors(bytes)].map(([name, { shape, data }]) => [name, { shape, data: data as Float32Array }]),
  );
  return { state: { ...numbers, tensors }, facts, history: history as unknown as History<F> };
};

type Run = Omit<TrainingState, 'tensors' | 'settings'> & Omit<SavedRun, 'state'>;

const runIn = (bytes: Uint8Array): Run => {
  const { metadata } = parseHeader(bytes.subarray(0, headerEnd(bytes, bytes.byteLength)), bytes.byteLength);
  if (metadata.get('format') !== 'boomerang-training-1') {
    throw new CheckpointError('bad-training-state', 'it holds no training state; name the folder that train wrote to');
  }
  const run = JSON.parse(metadata.get('run') ?? '{}') as Run;
  // Version 0.1.0 did not know what guessing comes to.
  const heldOut = run.history.heldOut.filter((found) => 'psnr' in found || found.trivial !== undefined);
  return { ...run, history: { ...run.history, heldOut }, smoothed: run.smoothed ?? Number.NaN };
};

/** A killed process may leave a file under its temporary name. */
const removeRemains = async (path: string): Promise<void> => {
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    if (name.startsWith(basename(path)) && name.endsWith('.part')) await rm(join(dirname(path), name), { force: true });
  }
};
