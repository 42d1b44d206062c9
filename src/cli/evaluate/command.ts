import type { Command } from 'commander';
import type { Model } from '../../models/model.ts';
import { type BackendChoice, describeBackend } from '../../node/backend.ts';
import { toFit } from '../../node/data/fitImage.ts';
import type { ImageSet } from '../../node/data/imageSet.ts';
import { openImages } from '../../node/data/openImages.ts';
import { namingClasses } from '../../node/tuning/heldOut.ts';
import { watchModel } from '../../node/tuning/watchModel.ts';
import { checkWay, checkWayPrompt } from '../../node/tuning/way.ts';
import { addFitOption, addFoldersOption, addReportOptions, DATA_ARGUMENT } from '../commonOptions.ts';
import { describeCost } from '../cost.ts';
import { describeSeconds } from '../duration.ts';
import { foldersOf } from '../foldersOption.ts';
import { interruptible, throwIfStopped } from '../interrupt.ts';
import { addModelOptions, describeEngine, openAsked } from '../openAsked.ts';
import { skippedText } from '../skippedText.ts';
import type { Streams } from '../streams.ts';
import { addWayOptions } from '../way.ts';
import { type EvaluationCost, estimateEvaluation } from './estimate.ts';
import { type Candidate, findCandidate, judgeWith } from './judge.ts';
import { measure, type Places } from './measure.ts';
import { type Asked, type EvaluateOptions, readAsked } from './options.ts';
import { evaluationText } from './text.ts';

/** `boomerang evaluate`: how good a model is, in figures. */
export const registerEvaluate = (program: Command, streams: Streams): void => {
  const command = program
    .command('evaluate')
    .description('measure how good a model is on images that it has not seen: error, labels kept, variance kept')
    .argument('<model>', 'folder of a diffusion model, or its name on the hub')
    .argument(...DATA_ARGUMENT)
    .option('--images <count>', 'so many images at most, for the error', '10000')
    .option('--part <name>', 'part of the data, where it has parts: train, validation or test', 'test')
    .option('--strengths <list>', 'strengths at which images are thrown and returned', '0.2,0.4')
    .option('--returns <count>', 'so many images at most are thrown and returned', '500')
    .option('--classifier <file>', 'model.json of a classifier; else one is trained on the training part')
    .option('--no-classifier', 'do not measure whether labels are kept');
  addReportOptions(addModelOptions(addWayOptions(addFoldersOption(addFitOption(command))))).action(
    (place: string, data: string, options: EvaluateOptions) => evaluate({ place, data }, options, streams),
  );
};

const evaluate = async (places: Places, options: EvaluateOptions, streams: Streams): Promise<void> => {
  const { stderr } = streams;
  const asked = readAsked(options);
  const fit = toFit(options.fit);
  const { model, backend } = await openAsked(places.place, options, stderr);
  try {
    checkWay(model, asked.way, asked.strengths);
    const [height, width, channels] = model.imageShape;
    const fitted = { size: [height, width], channels, fit, ...foldersOf(options) } as const;
    const images = await openImages(places.data, { ...fitted, part: asked.part });
    stderr.write(skippedText(images));
    const way = namingClasses(asked.way, images, model);
    checkWayPrompt(model, way, images.labels !== undefined);
    const candidate = await findCandidate(places.data, { images, fitted, given: options.classifier, stderr });
    const evaluating = { places, images, candidate, asked: { ...asked, way }, backend, options };
    await interruptible((signal) => run(model, { ...evaluating, signal }, streams));
  } finally {
    model.dispose();
  }
};

type Running = {
  readonly places: Places;
  readonly images: ImageSet;
  readonly candidate: Candidate | undefined;
  readonly asked: Asked;
  readonly backend: BackendChoice;
  readonly options: EvaluateOptions;
  readonly signal: AbortSignal;
};

const run = async (model: Model, running: Running, { stdout, stderr }: Streams): Promise<void> => {
  const { places, images, candidate, asked, backend, options, signal } = running;
  const cost = await estimateEvaluation(watchModel(model, { signal }), { images, candidate, asked, signal });
  if (options.dryRun) {
    stdout.write(options.json ? toJson(cost) : describeEvaluationCost(cost));
    return;
  }
  stderr.write(`${describeBackend(backend)}, ${describeEngine(model)}\n${describeEvaluationCost(cost)}`);
  const judge = candidate && (await judgeWith(candidate, { signal, stderr }));
  try {
    const evaluation = await measure(model, { places, images, judge, asked, signal, stderr });
    stdout.write(options.json ? toJson(evaluation) : evaluationText(evaluation));
    throwIfStopped(signal, 'what was measured until now is printed; the same command measures all of it anew');
  } finally {
    judge?.dispose();
  }
};

const toJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const describeEvaluationCost = (cost: EvaluationCost): string => {
  const { trainingSeconds: training } = cost;
  return `${describeCost(cost)}${training > 0 ? `, of which ${describeSeconds(training)} to train a classifier` : ''}\n`;
};
