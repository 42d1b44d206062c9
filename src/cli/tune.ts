import { join } from 'node:path';
import type { Command } from 'commander';
import { chooseBackend, describeBackend } from '../node/backend.ts';
import { loadModel } from '../node/loadModel.ts';
import { checkWritable, writeWhole } from '../node/output.ts';
import { FOLDERS_TEXT } from './foldersOption.ts';
import { startProgress, watchDownloads } from './progress.ts';
import { skippedText } from './skippedText.ts';
import type { Streams } from './streams.ts';
import { type Bench, openBench } from './tuneBench.ts';
import { findClassifier } from './tuneClassifier.ts';
import { describeEstimate, estimateTuning } from './tuneEstimate.ts';
import { type Measured, measureStrengths } from './tuneMeasure.ts';
import { readTuning, type TuneOptions } from './tuneOptions.ts';
import { drawTuning } from './tunePicture.ts';
import { tuneText } from './tuneText.ts';

/** `boomerang tune`: what each strength does to images and their labels, and which strengths are useful. */
export const registerTune = (program: Command, streams: Streams): void => {
  program
    .command('tune')
    .description('measure strengths on a data set: labels kept, distance, diversity, cost; a table, a picture, JSON')
    .argument(
      '<data>',
      'IDX or binary CIFAR files, or a folder, tar, tar.gz or zip with a folder of images for each class',
    )
    .requiredOption('--model <place>', 'folder of a diffusion model, or its name on the hub')
    .option('--revision <name>', 'branch, tag or commit of a model on the hub', 'main')
    .option(
      '--classifier <file>',
      'model.json of a classifier that has not seen the validation images; else one is trained',
    )
    .option('--fit <way>', 'for images of another size: exact refuses, pad, or resize and crop', 'exact')
    .option('--folders <what>', FOLDERS_TEXT)
    .option('--images <count>', 'validation images: training images that are held out, never test images', '200')
    .option('--strengths <list>', 'strengths to measure', '0.05,0.1,0.15,0.2,0.25,0.3,0.4,0.5,0.6,0.8')
    .option('--variants <count>', 'variants of each image at each strength', '4')
    .option('--steps <count>', 'denoising steps, all of which run at every strength (default: 7, or 10 with --eta)')
    .option('--solver <name>', 'what walks the steps (default: dpm++2m, or ddim with --eta)')
    .option('--eta <share>', 'share of fresh noise in every step, for the solvers that draw')
    .option('--conditional', 'return images to their own class instead of the null label')
    .option('--seed <text>', 'decides every random number', '0')
    .option('--target <share>', 'share of labels that are to be kept', '0.9')
    .option('--min-diversity <distance>', 'least RMS distance among variants that is worth it, in [0, 1] units', '0.03')
    .option('--engine <name>', 'auto, tfjs or onnx', 'auto')
    .option('--backend <name>', 'auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto')
    .option('--out <folder>', 'folder for tune.json and tune.png', 'tune')
    .option('--json', 'print tune.json instead of tables')
    .option('--dry-run', 'print how long it would take, and write nothing')
    .action((data: string, options: TuneOptions) => tune(data, options, streams));
};

const tune = async (folder: string, options: TuneOptions, streams: Streams): Promise<void> => {
  const tuning = readTuning(options);
  const files = { json: join(options.out, 'tune.json'), picture: join(options.out, 'tune.png') };
  for (const file of Object.values(files)) await checkWritable(file);
  const backend = await chooseBackend(options);
  const { stop, onProgress } = watchDownloads(streams.stderr);
  const { engine, revision } = options;
  const model = await loadModel(options.model, { engine, revision, onProgress }).finally(stop);
  try {
    const bench = await openBench(model, {
      tuning,
      names: { model: options.model, folder, backend: backend.name },
      classifier: options.classifier,
    });
    streams.stderr.write(skippedText(bench.data));
    const estimate = await estimateTuning(bench);
    if (options.dryRun) {
      streams.stdout.write(
        options.json ? `${JSON.stringify(estimate, undefined, 2)}\n` : `${describeEstimate(estimate)}\n`,
      );
      return;
    }
    streams.stderr.write(`${describeBackend(backend)}\n${describeEstimate(estimate)}\n`);
    const { report, shown } = await measure(bench, streams);
    const json = `${JSON.stringify(report, undefined, 2)}\n`;
    await writeWhole(files.picture, await drawTuning({ report, shape: model.imageShape, shown }));
    await writeWhole(files.json, new TextEncoder().encode(json));
    streams.stdout.write(options.json ? json : tuneText(report));
    streams.stderr.write(`wrote ${files.picture} and ${files.json}\n`);
  } finally {
    model.dispose();
  }
};

const measure = async (bench: Bench, { stderr }: Streams): Promise<Measured> => {
  const { data, split } = bench;
  const watch = async <T>(what: string, work: (onProgress: (share: number) => void) => Promise<T>): Promise<T> => {
    const progress = startProgress(stderr, what);
    return work(progress.update).finally(progress.stop);
  };
  const classifier = await watch('classifier ', (onProgress) =>
    findClassifier(bench.classifier, { data, training: split.training, onProgress }),
  );
  try {
    return await watch('variants ', (onProgress) => measureStrengths(bench, classifier, onProgress));
  } finally {
    classifier.dispose();
  }
};
