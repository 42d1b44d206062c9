import { describeBackend } from '../../../node/backend.ts';
import { writeWhole } from '../../../node/output.ts';
import { watchModel } from '../../../node/tuning/watchModel.ts';
import { describeCost } from '../../cost.ts';
import { interruptible, throwIfStopped } from '../../interrupt.ts';
import { openAsked } from '../../openAsked.ts';
import { watch } from '../../progress.ts';
import { skippedText } from '../../skippedText.ts';
import type { Streams } from '../../streams.ts';
import { type Files, placeFiles } from '../files.ts';
import { type KeptFile, openKeptFile } from '../keptFile.ts';
import { type CascadeBench, openCascadeBench, settingsOf } from './bench.ts';
import { estimateCascades } from './estimate.ts';
import { type CascadesMeasured, measureCascades, type TimedCascade } from './measure.ts';
import { type CascadeTuneOptions, readCascadeTuning } from './options.ts';
import { drawCascades } from './picture.ts';
import { cascadeReportText } from './text.ts';

const NAMES: Files = { json: 'cascade.json', picture: 'cascade.png', kept: 'measured-cascades.json' };

/** `boomerang tune --task enhance`: the cascade by which to enlarge pictures of a kind. */
export const tuneCascade = async (folder: string, options: CascadeTuneOptions, streams: Streams): Promise<void> => {
  const tuning = readCascadeTuning(options);
  const files = await placeFiles(options.out, NAMES);
  const { model, backend } = await openAsked(options.model, options, streams.stderr);
  try {
    const names = { model: options.model, folder, backend: backend.name };
    const bench = await openCascadeBench(model, { tuning, names });
    streams.stderr.write(skippedText(bench.data));
    const kept = await openKeptFile<TimedCascade>(files.kept, await settingsOf(bench));
    const running = { bench, kept, files, options, told: describeBackend(backend) };
    await interruptible((signal) => run({ ...running, signal }, streams));
  } finally {
    model.dispose();
  }
};

type Running = {
  readonly bench: CascadeBench;
  readonly kept: KeptFile<TimedCascade>;
  readonly files: Files;
  readonly options: CascadeTuneOptions;
  readonly told: string;
  readonly signal: AbortSignal;
};

const run = async ({ bench, kept, files, options, told, signal }: Running, streams: Streams): Promise<void> => {
  const estimate = await estimateCascades(watchModel(bench.model, { signal }), bench, kept.stored);
  const words = `${describeCost(estimate)} at most`;
  if (options.dryRun) {
    streams.stdout.write(options.json ? toJson(estimate) : `${words}\n`);
    return;
  }
  streams.stderr.write(`${describeKept(kept)}${told}\n${words}\n`);
  const measured = await watched(bench, { kept, signal }, streams);
  await writeWhole(files.picture, await drawCascades({ ...measured, shape: bench.model.imageShape }));
  const text = toJson(measured.report);
  await writeWhole(files.json, new TextEncoder().encode(text));
  streams.stdout.write(options.json ? text : cascadeReportText(measured.report));
  streams.stderr.write(`wrote ${files.picture} and ${files.json}\n`);
  await kept.remove();
};

const toJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const describeKept = ({ stored, path, unusable }: KeptFile<TimedCascade>): string => {
  if (unusable) return `${path} is not used, and will be replaced: ${unusable}\n`;
  return stored.length === 0 ? '' : `going on after ${stored.length} cascades that ${path} keeps\n`;
};

const watched = async (
  bench: CascadeBench,
  { kept, signal }: Pick<Running, 'kept' | 'signal'>,
  { stderr }: Streams,
): Promise<CascadesMeasured> => {
  try {
    return await watch(stderr, 'cascades', (onProgress) => measureCascades(bench, { kept, signal, onProgress }));
  } catch (error) {
    const count = kept.points().length;
    const goOn = `${kept.path} keeps ${count} measured cascades; the same command goes on from there`;
    throwIfStopped(signal, count > 0 ? goOn : 'no cascade was measured yet; the same command begins anew');
    throw error;
  }
};
