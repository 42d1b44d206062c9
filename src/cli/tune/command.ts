import type { Command } from 'commander';
import { type BackendChoice, describeBackend } from '../../node/backend.ts';
import { writeWhole } from '../../node/output.ts';
import { findClassifier, needsTraining } from '../../node/tuning/classifier.ts';
import { watchModel } from '../../node/tuning/watchModel.ts';
import { addFitOption, addFoldersOption, addReportOptions, DATA_ARGUMENT } from '../commonOptions.ts';
import { interruptible, throwIfStopped } from '../interrupt.ts';
import { addModelOptions, openAsked } from '../openAsked.ts';
import { watch } from '../progress.ts';
import { skippedText } from '../skippedText.ts';
import type { Streams } from '../streams.ts';
import { addWayOptions } from '../way.ts';
import { type Bench, openBench } from './bench.ts';
import { addCascadeOptions, type CascadeTuneOptions } from './cascade/options.ts';
import { tuneCascade } from './cascade/tuneCascade.ts';
import { describeEstimate, estimateTuning } from './estimate.ts';
import { type Files, placeFiles } from './files.ts';
import { type KeptPoints, openKept } from './kept.ts';
import { type Measured, measureStrengths } from './measure.ts';
import { readTuning, type TuneOptions } from './options.ts';
import { drawTuning } from './picture.ts';
import { taskOf } from './task.ts';
import { tuneText } from './text.ts';

const NAMES: Files = { json: 'tune.json', picture: 'tune.png', kept: 'measured.json' };

/**
 * `boomerang tune`: what each strength does to images and their labels, and which strengths are useful; or, for another
 * task, by which cascade to enlarge images.
 */
export const registerTune = (program: Command, streams: Streams): void => {
  const command = program
    .command('tune')
    .description(
      'measure strengths on a data set: labels kept, distance, diversity, cost; or cascades for enhance: a table, a picture, JSON',
    )
    .argument(...DATA_ARGUMENT)
    .requiredOption('--model <place>', 'folder of a diffusion model, or its name on the hub')
    .option(
      '--by <measure>',
      'what decides which strengths are useful: labels, or distance, which needs none',
      'labels',
    )
    .option(
      '--classifier <file>',
      'model.json of a classifier that has not seen the validation images; else one is trained',
    )
    .option('--task <name>', 'what is tuned: strength, or the cascade of enhance', 'strength')
    .option(
      '--images <count>',
      'validation images: training images that are held out, never test images (default: 200; for enhance 24)',
    )
    .option('--strengths <list>', 'strengths to measure', '0.05,0.1,0.15,0.2,0.25,0.3,0.4,0.5,0.6,0.8')
    .option('--variants <count>', 'variants of each image at each strength', '4')
    .option('--conditional', 'return images to their own class instead of the null label')
    .option('--target <share>', 'share of labels that are to be kept (default: "0.9")')
    .option('--min-diversity <distance>', 'least RMS distance among variants that is worth it, in [0, 1] units', '0.03')
    .option(
      '--out <folder>',
      'folder for tune.json and tune.png, for enhance cascade.json and cascade.png; until then, what was measured',
      'tune',
    );
  addCascadeOptions(command);
  addReportOptions(addModelOptions(addWayOptions(addFoldersOption(addFitOption(command))))).action(
    (data: string, options: TuneOptions & CascadeTuneOptions & { readonly task: string }) =>
      taskOf(command, options.task) === 'enhance' ? tuneCascade(data, options, streams) : tune(data, options, streams),
  );
};

const tune = async (data: string, options: TuneOptions, streams: Streams): Promise<void> => {
  const tuning = readTuning(options);
  const files = await placeFiles(options.out, NAMES);
  const { model, backend } = await openAsked(options.model, options, streams.stderr);
  try {
    const names = { model: options.model, folder: data, backend: backend.name };
    const bench = await openBench(model, { tuning, names, classifier: options.classifier });
    streams.stderr.write(skippedText(bench.data));
    const kept = await openKept(files.kept, bench);
    await interruptible((signal) => run(bench, { kept, signal, files, backend, options }, streams));
  } finally {
    model.dispose();
  }
};

type Running = Measuring & {
  readonly files: Files;
  readonly backend: BackendChoice;
  readonly options: TuneOptions;
};

const run = async (bench: Bench, running: Running, streams: Streams): Promise<void> => {
  const { kept, signal, files, backend, options } = running;
  const estimate = await estimateTuning(watchModel(bench.model, { signal }), bench, { known: kept.known, signal });
  if (options.dryRun) {
    streams.stdout.write(options.json ? toJson(estimate) : `${describeEstimate(estimate)}\n`);
    return;
  }
  streams.stderr.write(`${describeKept(kept)}${describeBackend(backend)}\n${describeEstimate(estimate)}\n`);
  const measured = await measure(bench, { kept, signal }, streams);
  await writeResults(measured, { bench, files, json: options.json ?? false }, streams);
  await kept.remove();
};

const toJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const describeKept = ({ known, path, unusable }: KeptPoints): string => {
  if (unusable) return `${path} is not used, and will be replaced: ${unusable}\n`;
  const strengths = known.filter(({ roundTrip }) => !roundTrip).length;
  return strengths === 0 ? '' : `going on after ${strengths} strengths that ${path} keeps\n`;
};

type Measuring = { readonly kept: KeptPoints; readonly signal: AbortSignal };

const measure = async (bench: Bench, { kept, signal }: Measuring, { stderr }: Streams): Promise<Measured> => {
  const { data, split } = bench;
  try {
    const find = async (onProgress: (share: number) => void) =>
      bench.classifier && findClassifier(bench.classifier, { data, training: split.training, signal, onProgress });
    const isThere = !bench.classifier || !needsTraining(bench.classifier);
    const classifier = await (isThere ? find(() => undefined) : watch(stderr, 'classifier', find));
    try {
      return await watch(stderr, 'variants', (onProgress) =>
        measureStrengths(bench, classifier, { kept, signal, onProgress }),
      );
    } finally {
      classifier?.dispose();
    }
  } catch (error) {
    const { strengths } = bench.tuning;
    const count = `${kept.count()} measured strengths (${strengths.length} are asked for)`;
    const goOn = `${kept.path} keeps ${count}; the same command goes on from there`;
    throwIfStopped(signal, kept.count() > 0 ? goOn : 'no strength was measured yet; the same command begins anew');
    throw error;
  }
};

type Writing = { readonly bench: Bench; readonly files: Files; readonly json: boolean };

const writeResults = async ({ report, shown }: Measured, { bench, files, json }: Writing, streams: Streams) => {
  const text = toJson(report);
  await writeWhole(files.picture, await drawTuning({ report, shape: bench.model.imageShape, shown }));
  await writeWhole(files.json, new TextEncoder().encode(text));
  streams.stdout.write(json ? text : tuneText(report));
  streams.stderr.write(`wrote ${files.picture} and ${files.json}\n`);
};
