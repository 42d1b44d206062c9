import type { Command } from 'commander';
import { ArgumentError, isCount } from '../errors.ts';
import type { Engine } from '../models/model.ts';
import { chooseBackend, describeBackend } from '../node/backend.ts';
import { toFit } from '../node/data/fitImage.ts';
import { openImages } from '../node/data/openImages.ts';
import { toPart } from '../node/data/parts.ts';
import { loadModel } from '../node/loadModel.ts';
import { judgeFor } from './evaluateClassifier.ts';
import { type Asked, measure, type Places } from './evaluateMeasure.ts';
import { evaluationText } from './evaluateText.ts';
import { FOLDERS_TEXT, foldersOf } from './foldersOption.ts';
import { toNumber, toNumbers } from './numbers.ts';
import { watchDownloads } from './progress.ts';
import { skippedText } from './skippedText.ts';
import type { Streams } from './streams.ts';

export type EvaluateOptions = {
  readonly revision: string;
  readonly images: string;
  readonly part: string;
  readonly fit: string;
  readonly folders?: string;
  readonly strengths: string;
  readonly returns: string;
  readonly steps?: string;
  readonly solver?: string;
  readonly classifier?: string | false;
  readonly seed: string;
  readonly engine: 'auto' | Engine;
  readonly backend: string;
  readonly json?: boolean;
};

/** `boomerang evaluate`: how good a model is, in figures. */
export const registerEvaluate = (program: Command, streams: Streams): void => {
  program
    .command('evaluate')
    .description('measure how good a model is on images that it has not seen: error, labels kept, variance kept')
    .argument('<model>', 'folder of a diffusion model, or its name on the hub')
    .argument('<data>', 'IDX or binary CIFAR files, a folder of images, or a tar, tar.gz or zip of images')
    .option('--revision <name>', 'branch, tag or commit of a model on the hub', 'main')
    .option('--images <count>', 'so many images at most, for the error', '10000')
    .option('--part <name>', 'part of the data, where it has parts: train, validation or test', 'test')
    .option('--fit <way>', 'for images of another size: exact refuses, pad, or resize and crop', 'exact')
    .option('--folders <what>', FOLDERS_TEXT)
    .option('--strengths <list>', 'strengths at which images are thrown and returned', '0.2,0.4')
    .option('--returns <count>', 'so many images at most are thrown and returned', '500')
    .option('--steps <count>', 'denoising steps of a return')
    .option('--solver <name>', 'what walks the steps of a return')
    .option('--classifier <file>', 'model.json of a classifier; else one is trained on the training part')
    .option('--no-classifier', 'do not measure whether labels are kept')
    .option('--seed <text>', 'decides every random number', '0')
    .option('--engine <name>', 'auto, tfjs or onnx', 'auto')
    .option('--backend <name>', 'auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto')
    .option('--json', 'print JSON')
    .action((place: string, data: string, options: EvaluateOptions) => evaluate({ place, data }, options, streams));
};

const evaluate = async (places: Places, options: EvaluateOptions, { stdout, stderr }: Streams): Promise<void> => {
  const asked = readAsked(options);
  const backend = await chooseBackend(options);
  const { stop, onProgress } = watchDownloads(stderr);
  const { engine, revision } = options;
  const model = await loadModel(places.place, { engine, revision, onProgress }).finally(stop);
  try {
    const [height, width, channels] = model.imageShape;
    const fitted = { size: [height, width], channels, fit: toFit(options.fit), ...foldersOf(options) } as const;
    const images = await openImages(places.data, { ...fitted, part: asked.part });
    stderr.write(`${describeBackend(backend)}, engine: ${model.engine}\n${skippedText(images)}`);
    const judge = await judgeFor(places.data, { images, fitted, options, stderr });
    try {
      const evaluation = await measure(model, { places, images, judge, asked, stderr });
      stdout.write(options.json ? `${JSON.stringify(evaluation, undefined, 2)}\n` : evaluationText(evaluation));
    } finally {
      judge?.dispose();
    }
  } finally {
    model.dispose();
  }
};

const readAsked = ({ images, returns, strengths, steps, solver, part, seed }: EvaluateOptions): Asked => ({
  images: toCount(images, 'images'),
  returns: toCount(returns, 'returns'),
  strengths: toNumbers(strengths, 'strengths'),
  part: toPart(part),
  seed,
  way: {
    ...(steps === undefined ? {} : { steps: toNumber(steps, 'steps') }),
    ...(solver === undefined ? {} : { solver }),
  },
});

const toCount = (text: string, name: string): number => {
  const count = toNumber(text, name);
  if (isCount(count)) return count;
  throw new ArgumentError(`bad-${name}`, `${name} must be a whole number of at least 1, got ${text}`);
};
