import type { Command } from 'commander';
import { checkEmbedders } from '../../apps/anonymise/options.ts';
import { numbered } from '../../apps/anonymise/people.ts';
import { checkEnough } from '../../apps/anonymise/sample.ts';
import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { filesIn } from '../../node/anonymise/filesInAndOut.ts';
import { peopleIn } from '../../node/anonymise/peopleIn.ts';
import { chooseBackend, describeBackend } from '../../node/backend.ts';
import { type OpenClassifier, openClassifier } from '../../node/classifierFile.ts';
import { type Originals, openOriginals } from '../../node/copies/originals.ts';
import { loadEmbedder } from '../../node/embedders/loadEmbedder.ts';
import type { OpenEmbedder } from '../../node/embedders/openEmbedder.ts';
import { modelLabels } from '../../node/tuning/heldOut.ts';
import { checkWay, checkWayPrompt } from '../../node/tuning/way.ts';
import { foldersOf } from '../foldersOption.ts';
import { interruptible } from '../interrupt.ts';
import { describeEngine, openAsked } from '../openAsked.ts';
import { skippedText } from '../skippedText.ts';
import type { Streams } from '../streams.ts';
import { describeAnonymising, estimateAnonymising } from './estimate.ts';
import { makeCopies } from './makeCopies.ts';
import type { Making } from './making.ts';
import { type AnonymiseCommand, addAnonymiseOptions, readAsked } from './options.ts';
import { checkPlaces } from './places.ts';

/** `boomerang anonymise`: a copy of a data set in which people are not to be recognised, and what was measured of it. */
export const registerAnonymise = (program: Command, streams: Streams): void => {
  const command = program
    .command('anonymise')
    .description('copy a data set so that people are not to be recognised, and measure to what degree they are')
    .argument('<data>', 'a folder or a tar of images, IDX or binary CIFAR files');
  addAnonymiseOptions(command).action((data: string, options: AnonymiseCommand) => anonymise(data, options, streams));
};

const anonymise = async (data: string, options: AnonymiseCommand, streams: Streams): Promise<void> => {
  const asked = await readAsked(options);
  const originals = await openOriginals(data, foldersOf(options));
  await checkPlaces(originals, { ...options, report: asked.report });
  const people = options.people === undefined ? undefined : await peopleIn(originals, options.people);
  const known = new Set(numbered(people, originals.count)).size;
  checkEnough(known, asked.target, `there are ${known}`);
  streams.stderr.write(skippedText(originals));
  const opened: { dispose(): void | Promise<void> }[] = [];
  const open = async (name: string): Promise<OpenEmbedder> => {
    const embedder = await loadEmbedder(name);
    opened.push(embedder);
    return embedder;
  };
  try {
    await chooseBackend({ backend: options.backend }); // embedders may need it, and are refused before a model is fetched
    const [embed, judge] = [await open(options.embedder), await open(options.judge)];
    checkEmbedders({ embed, judge, region: asked.region });
    const { model, backend } = await openAsked(options.model, options, streams.stderr);
    opened.push(model);
    checkWay(model, asked.way, asked.strengths);
    checkWayPrompt(model, asked.way, false);
    streams.stderr.write(`${describeBackend(backend)}, ${describeEngine(model)}\n`);
    const classifier = options.classifier && (await classifierOf(options.classifier, originals, model));
    if (classifier) opened.push(classifier);
    const told = {
      ...(classifier ? { classifier: classifier.classify } : {}),
      ...(options.conditional ? { labelOf: labelOf(originals, model) } : {}),
    };
    await interruptible(async (signal) => {
      const making: Making = { options, asked, originals, people, embed, judge, ...told, model, signal };
      await (options.dryRun ? tellCost(making, streams) : makeCopies(making, streams));
    });
  } finally {
    for (const one of opened) await one.dispose();
  }
};

/** Opens a classifier of images as the run sees them: of the size of the first, in the channels of the model. */
const classifierOf = async (path: string, originals: Originals, { imageShape }: Model): Promise<OpenClassifier> => {
  const classes = classesOf(originals, '--classifier').length;
  for await (const one of originals.read()) {
    if ('shape' in one) return openClassifier(path, [one.shape[0], one.shape[1], imageShape[2]], classes);
  }
  throw new ArgumentError('not-a-dataset', `${originals.path} holds no image that can be read`);
};

/** By which number a model is told of a class, by the name that it has in the data. */
const labelOf = (originals: Originals, model: Model): ((className: string) => number | undefined) => {
  const classes = classesOf(originals, '--conditional');
  const labels = modelLabels({ classes }, model);
  return (name) => labels[classes.indexOf(name)];
};

/** @throws ArgumentError `no-labels` */
const classesOf = ({ classes, path }: Originals, option: string): readonly string[] => {
  if (classes !== undefined) return classes;
  throw new ArgumentError('no-labels', `the images of ${path} have no classes; leave ${option} out`);
};

const tellCost = async (making: Making, { stdout }: Streams): Promise<void> => {
  const { originals, model, options } = making;
  const files = filesIn(originals, { channels: model.imageShape[2] });
  const cost = await estimateAnonymising(model, { ...making, originals: files.originals });
  stdout.write(options.json ? `${JSON.stringify(cost, undefined, 2)}\n` : `${describeAnonymising(cost)}\n`);
};
