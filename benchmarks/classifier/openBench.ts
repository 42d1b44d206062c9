import { join } from 'node:path';
import {
  type BackendChoice,
  chooseBackend,
  diskCache,
  type LatentCache,
  loadModel,
  memoryCache,
  registerWasmTrainingKernels,
  tieredCache,
} from 'tfjs-boomerang';
import { openData } from '../../examples/classifier/data.ts';
import type { Bench } from './bench.ts';
import { type Settings, studyDigest } from './settings.ts';
import { holdOut } from './split.ts';

/** What is to be measured, and where: plain JSON, since it goes to other processes. */
export type Place = {
  readonly data: string | undefined;
  readonly model: string;
  readonly backend: string;
  /** Folder of records, report and bank. */
  readonly out: string;
  readonly settings: Settings;
};

/** A bench, and on what it computes. */
export type OpenBench = Omit<Bench, 'cache'> & { readonly backend: BackendChoice };

const MEMORY_BYTES = 2 ** 29;
const DISK_BYTES = 8 * 2 ** 30;

/** The bank of a study, which processes share: it stays on disk. */
export const openBank = ({ out }: Place): LatentCache =>
  tieredCache(memoryCache({ maxBytes: MEMORY_BYTES }), diskCache(join(out, 'bank'), { maxBytes: DISK_BYTES }));

/** Opens all that trainings share, and writes nothing. */
export const openBench = async (
  { data, model: place, backend, settings }: Place,
  sessions: { readonly sessions?: number; readonly threads?: number } = {},
): Promise<OpenBench> => {
  const chosen = await chooseBackend({ backend });
  if (chosen.name === 'wasm') registerWasmTrainingKernels();
  const { train, test, source } = await openData({ data });
  const model = await loadModel(place, sessions);
  const split = holdOut(train, settings.validation);
  const facts = ['v1', settings, train.digest, test.digest, model.digest, model.engine, chosen.name];
  return { model, train, test, source, split, settings, backend: chosen, digest: studyDigest(facts) };
};
