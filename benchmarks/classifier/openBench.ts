import { join } from 'node:path';
import {
  type BackendChoice,
  type Bank,
  chooseBackend,
  diskBank,
  loadModel,
  registerWasmTrainingKernels,
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
export type OpenBench = Omit<Bench, 'bank'> & { readonly backend: BackendChoice };

/** The bank of a study, which processes share, and which stays on disk; none where nothing is to be made beforehand. */
export const openBank = ({ out, settings }: Place): Bank | undefined =>
  settings.bank > 0 ? diskBank(join(out, 'bank'), { variants: settings.bank }) : undefined;

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
