import type { Command } from 'commander';
import type { Model } from '../../models/model.ts';
import { describeBackend } from '../../node/backend.ts';
import { openClassifier } from '../../node/classifierFile.ts';
import { type LabelledImages, withLabels } from '../../node/data/labelledImages.ts';
import { openImages } from '../../node/data/openImages.ts';
import { readAsked } from '../../studio/server/asked.ts';
import type { StudioSetting } from '../../studio/server/context.ts';
import { type OpenOptions, openStudio } from '../../studio/server/openStudio.ts';
import { readPage } from '../../studio/server/page.ts';
import { readSession } from '../../studio/server/session.ts';
import { addFitOption, addFoldersOption, DATA_ARGUMENT } from '../commonOptions.ts';
import { foldersOf } from '../foldersOption.ts';
import { interruptible } from '../interrupt.ts';
import { addModelOptions, describeEngine, openAsked } from '../openAsked.ts';
import { skippedText } from '../skippedText.ts';
import type { Streams } from '../streams.ts';
import { addMannerOptions } from '../way.ts';
import { openingOf } from './opening.ts';
import { checkStatic, firstChoice, readPort, type StudioOptions } from './options.ts';
import { writeStatic } from './static.ts';

/** `boomerang studio`: a page on this machine that shows strengths, and in which a schedule is drawn. */
export const registerStudio = (program: Command, streams: Streams): void => {
  const command = program
    .command('studio')
    .description('open a page on this machine: see what strengths do to images, draw a schedule, take the code along')
    .argument(...DATA_ARGUMENT)
    .requiredOption('--model <place>', 'folder of a diffusion model, or its name on the hub')
    .option(
      '--classifier <file>',
      'model.json of a classifier that has not seen the validation images; else one is trained',
    )
    .option('--conditional', 'return images to their own class instead of the null label')
    .option('--seed <text>', 'decides every random number (default: 0)')
    .option(
      '--runs <folder...>',
      'folders into which training writes with augment.log(folder), or boomerang run its files, to look at',
    )
    .option('--open <session>', 'a session that the page saved')
    .option('--port <number>', 'of 127.0.0.1 (default: that of last time, or any that is free)')
    .option('--static <folder>', 'measure, and write the page for any web server instead of opening it')
    .option('--dry-run', 'with --static: say how long it would take and how large it gets, and write nothing');
  addModelOptions(addMannerOptions(addFoldersOption(addFitOption(command)))).action(
    (data: string, options: StudioOptions) => {
      const { rawArgs } = program as unknown as { readonly rawArgs: readonly string[] };
      return studio({ data, options, command: commandText(rawArgs) }, streams);
    },
  );
};

type Asked = { readonly data: string; readonly options: StudioOptions; readonly command: string };

const studio = async ({ data: place, options, command }: Asked, streams: Streams): Promise<void> => {
  const port = readPort(options);
  checkStatic(options);
  const opened = options.open === undefined ? undefined : await readSession(options.open);
  const session = firstChoice(options, opened);
  const { model, backend } = await openAsked(options.model, options, streams.stderr);
  try {
    const data = await openData(model, place, options);
    if (session) readAsked({ model, data }, session); // refused of another data set or model
    const page = await readPage();
    streams.stderr.write(`${skippedText(data)}${describeBackend(backend)}, ${describeEngine(model)}\n`);
    await interruptible(async (signal) => {
      const context: StudioSetting = {
        ...{ model, data, place: options.model, dataPlace: place, runs: options.runs ?? [], command, signal },
        opening: openingOf(options),
        computedBy: `${describeEngine(model).replace('engine: ', '')}, ${backend.name}`,
        ...(options.classifier === undefined ? {} : { classifier: options.classifier }),
        ...(session ? { session } : {}),
        report: (error) => void streams.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
      };
      const { static: out, dryRun: isDry = false } = options;
      if (out === undefined) await serve(context, { page, ...(port === undefined ? {} : { port }) }, streams);
      else await writeStatic(context, { out, page, isDry }, streams);
    });
  } finally {
    model.dispose();
  }
};

const serve = async (context: StudioSetting, options: OpenOptions, streams: Streams): Promise<void> => {
  const served = await openStudio(context, options);
  streams.stdout.write(`${served.address}\n`);
  streams.stderr.write('open this address in a browser of this machine; end with Ctrl-C\n');
  await ended(context.signal);
  await served.close();
};

/** Refuses what cannot be shown before anything is served. */
const openData = async (model: Model, place: string, options: StudioOptions): Promise<LabelledImages> => {
  const [height, width, channels] = model.imageShape;
  const fit = options.fit as 'exact'; // `openImages` checks it, and lists them
  const wanted = { size: [height, width], channels, fit, ...foldersOf(options) } as const;
  const data = withLabels(await openImages(place, wanted), place);
  if (options.classifier !== undefined) {
    const classifier = await openClassifier(options.classifier, data.imageShape, data.classes.length);
    classifier.dispose();
  }
  return data;
};

/** Ctrl-C is how a studio is meant to end. */
const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));

const commandText = (argv: readonly string[]): string =>
  ['boomerang', ...argv]
    .map((word) => (/^[\w./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
