import type { Command } from 'commander';
import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { type BackendChoice, describeBackend } from '../../node/backend.ts';
import { toFit } from '../../node/data/fitImage.ts';
import { readImageFile } from '../../node/images.ts';
import { checkWritable, writeWhole } from '../../node/output.ts';
import { watchModel } from '../../node/tuning/watchModel.ts';
import { addFitOption, addReportOptions } from '../commonOptions.ts';
import { type Cost, describeCost } from '../cost.ts';
import { interruptible, throwIfStopped } from '../interrupt.ts';
import { toCount, toStrengths } from '../numbers.ts';
import { addModelOptions, describeEngine, type ModelOptions, openAsked } from '../openAsked.ts';
import { watch } from '../progress.ts';
import type { Streams } from '../streams.ts';
import { formatTable } from '../table.ts';
import { addWayOptions, readWay, toldOf, type WayOptions } from '../way.ts';
import { estimateSampling } from './estimate.ts';
import { findLabel } from './label.ts';
import { checkSampling, type SampleRow, type Sampling, sampleVariants } from './sampling.ts';
import { drawSheet } from './sheet.ts';

type Options = ModelOptions &
  WayOptions & {
    readonly model: string;
    readonly strength: string;
    readonly variants: string;
    readonly label?: string;
    readonly fit: string;
    readonly out: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
  };

/** `boomerang sample`: variants of images at several strengths, as a contact sheet and as figures. */
export const registerSample = (program: Command, streams: Streams): void => {
  const command = program
    .command('sample')
    .description('make variants of images: a contact sheet and a table of figures')
    .argument('<image...>', 'image files')
    .requiredOption('--model <place>', 'folder of a diffusion model, or its name on the hub')
    .option('--strength <list>', 'how far to throw, numbers in [0, 1] with commas between', '0.1,0.3,0.5')
    .option('--variants <count>', 'variants of each image at each strength', '4')
    .option('--label <class>', 'class to return to, by number or name, for models with classes; or what {class} is')
    .option('--out <file>', 'contact sheet to write', 'boomerang.png');
  addReportOptions(addModelOptions(addWayOptions(addFitOption(command)))).action(
    (paths: readonly string[], options: Options) => sample({ paths, options }, streams),
  );
};

type Work = { readonly paths: readonly string[]; readonly options: Options };

const sample = async ({ paths, options }: Work, streams: Streams): Promise<void> => {
  const asked = readSampling(options);
  const fit = toFit(options.fit);
  await checkOutput(options.out);
  const { model, backend } = await openAsked(options.model, options, streams.stderr);
  try {
    const sampling = options.label === undefined ? asked : { ...asked, label: findLabel(model, asked, options.label) };
    checkSampling(model, sampling);
    const images: Float32Array[] = [];
    for (const path of paths) {
      const { pixels, changes } = await readImageFile(path, model.imageShape, { fit });
      images.push(pixels);
      for (const change of changes) streams.stderr.write(`${path}: ${change}\n`);
    }
    await interruptible(async (signal) => {
      const cost = await estimateSampling(watchModel(model, { signal }), { paths, images, sampling });
      if (options.dryRun) streams.stdout.write(options.json ? toJson(cost) : `${describeCost(cost)}\n`);
      else await make(model, { paths, images, sampling, options, signal, backend, cost }, streams);
    });
  } finally {
    model.dispose();
  }
};

type Making = Work & {
  readonly images: readonly Float32Array[];
  readonly sampling: Sampling;
  readonly signal: AbortSignal;
  readonly backend: BackendChoice;
  readonly cost: Cost;
};

const make = async (model: Model, making: Making, { stdout, stderr }: Streams): Promise<void> => {
  const { paths, images, sampling, options, signal, backend, cost } = making;
  stderr.write(`${describeEngine(model)}\n${describeBackend(backend)}\n${describeCost(cost)}\n`);
  const samples = await watch(stderr, 'variants', (onProgress) =>
    sampleVariants(model, images, { sampling, signal, onProgress }),
  );
  const { rows, evaluations } = samples;
  const [of, asked] = [sampling.strengths.length * sampling.variants, options.out];
  const made = rows.reduce((sum, { variants }) => sum + variants, 0);
  if (made > 0) {
    await writeWhole(options.out, await drawSheet(model, { paths, images, samples, sampling }));
    const stopped = signal.aborted ? { stopped: true } : {};
    const told = { model: options.model, backend: backend.name, ...toldOf(sampling) };
    const figures = { ...told, ...stopped, evaluations, rows };
    stdout.write(options.json ? toJson(figures) : figureTable(rows));
    stderr.write(`wrote ${options.out}\n`);
  }
  const kept = made > 0 ? `${made} of ${of} variants of each image are in ${asked}` : 'nothing was made yet';
  throwIfStopped(signal, `${kept}; the same command makes all of them anew`);
};

const toJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const readSampling = (options: Options): Sampling => ({
  strengths: toStrengths(options.strength, 'strength'),
  variants: toCount(options.variants, 'variants'),
  seed: options.seed,
  ...readWay(options),
});

const checkOutput = async (path: string): Promise<void> => {
  if (!path.toLowerCase().endsWith('.png')) {
    throw new ArgumentError('bad-output', `the contact sheet is a PNG, got the name "${path}"; end it in .png`);
  }
  await checkWritable(path);
};

const figureTable = (rows: readonly SampleRow[]): string =>
  formatTable(
    ['strength', 'timestep', 'sigma', 'evaluations', 'distance', 'seconds per variant'],
    rows.map(({ strength, timestep, sigma, evaluations, distance, secondsPerVariant }) => [
      String(strength),
      timestep.toFixed(1),
      sigma.toFixed(3),
      String(evaluations),
      distance.toFixed(4),
      secondsPerVariant.toFixed(3),
    ]),
  );
