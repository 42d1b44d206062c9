import { basename } from 'node:path';
import type { Command } from 'commander';
import { planReturn } from '../returns/plan.ts';
import { ArgumentError, isCount } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { chooseBackend, describeBackend } from '../node/backend.ts';
import { contactSheet } from '../node/contactSheet.ts';
import { toFit } from '../node/data/fitImage.ts';
import { readImageFile } from '../node/images.ts';
import { type LoadOptions, loadModel } from '../node/loadModel.ts';
import { checkWritable, writeWhole } from '../node/output.ts';
import { toNumber, toNumbers } from './numbers.ts';
import { startProgress, watchDownloads } from './progress.ts';
import { checkSampling, type SampleRow, type Samples, type Sampling, sampleVariants } from './sampling.ts';
import type { Streams } from './streams.ts';
import { formatTable } from './table.ts';

type Options = {
  readonly model: string;
  readonly revision: string;
  readonly strength: string;
  readonly variants: string;
  readonly steps?: string;
  readonly solver?: string;
  readonly eta?: string;
  readonly seed: string;
  readonly label?: string;
  readonly fit: string;
  readonly engine: string;
  readonly backend: string;
  readonly out: string;
  readonly json?: boolean;
};

/** `boomerang sample`: variants of images at several strengths, as a contact sheet and as figures. */
export const registerSample = (program: Command, streams: Streams): void => {
  program
    .command('sample')
    .description('make variants of images: a contact sheet and a table of figures')
    .argument('<image...>', 'image files')
    .requiredOption('--model <place>', 'folder of a diffusion model, or its name on the hub')
    .option('--revision <name>', 'branch, tag or commit of a model on the hub', 'main')
    .option('--strength <list>', 'how far to throw, numbers in [0, 1] with commas between', '0.1,0.3,0.5')
    .option('--variants <count>', 'variants of each image at each strength', '4')
    .option('--steps <count>', 'denoising steps, all of which run at every strength (default: 7, or 10 with --eta)')
    .option('--solver <name>', 'what walks the steps (default: dpm++2m, or ddim with --eta)')
    .option('--eta <share>', 'share of fresh noise in every step, for the solvers that draw')
    .option('--seed <text>', 'decides every random number', '0')
    .option('--label <class>', 'class to return to, by number or name, for conditional models')
    .option('--fit <way>', 'for images of another size: exact refuses, pad, or resize and crop', 'exact')
    .option('--engine <name>', 'what runs the network: auto, onnx or tfjs', 'auto')
    .option('--backend <name>', 'auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto')
    .option('--out <file>', 'contact sheet to write', 'boomerang.png')
    .option('--json', 'print the figures as JSON')
    .action((images: readonly string[], options: Options) => sample(images, options, streams));
};

const sample = async (paths: readonly string[], options: Options, { stdout, stderr }: Streams): Promise<void> => {
  const asked = readSampling(options);
  const fit = toFit(options.fit);
  await checkOutput(options.out);
  const backend = await chooseBackend(options);
  const { stop, onProgress } = watchDownloads(stderr);
  const model = await loadModel(options.model, { ...loadOptions(options), onProgress }).finally(stop);
  try {
    const sampling = options.label === undefined ? asked : { ...asked, label: findLabel(model, options.label) };
    checkSampling(model, sampling);
    const read = await Promise.all(paths.map((path) => readImageFile(path, model.imageShape, { fit })));
    const images = read.map(({ pixels }) => pixels);

    stderr.write(`engine: ${model.engine}\n${describeBackend(backend)}\n`);
    read.forEach(({ changes }, n) => {
      for (const change of changes) stderr.write(`${paths[n]}: ${change}\n`);
    });
    const progress = startProgress(stderr);
    const samples = await sampleVariants(model, images, { sampling, onProgress: progress.update }).finally(
      progress.stop,
    );
    await writeWhole(options.out, await drawSheet(model, { paths, images, samples, sampling }));
    const figures = { model: options.model, backend: backend.name, rows: samples.rows };
    stdout.write(options.json ? `${JSON.stringify(figures, undefined, 2)}\n` : figureTable(samples.rows));
    stderr.write(`wrote ${options.out}\n`);
  } finally {
    model.dispose();
  }
};

/** Engines are checked by `loadModel`, which lists them. */
const loadOptions = ({ revision, engine }: Options) => ({
  revision,
  engine: engine as NonNullable<LoadOptions['engine']>,
});

const readSampling = ({ strength, variants, steps, solver, eta, seed }: Options): Sampling => {
  const sampling = {
    strengths: toNumbers(strength, 'strength'),
    variants: toNumber(variants, 'variants'),
    ...(steps === undefined ? {} : { steps: toNumber(steps, 'steps') }),
    ...(solver === undefined ? {} : { solver }),
    seed,
    ...(eta === undefined ? {} : { eta: toNumber(eta, 'eta') }),
  };
  if (isCount(sampling.variants)) return sampling;
  throw new ArgumentError('bad-variants', `variants must be a whole number of at least 1, got ${variants}`);
};

const checkOutput = async (path: string): Promise<void> => {
  if (!path.toLowerCase().endsWith('.png')) {
    throw new ArgumentError('bad-output', `the contact sheet is a PNG, got the name ${path}; end it in .png`);
  }
  await checkWritable(path);
};

/** @throws ArgumentError `bad-label` */
const findLabel = ({ labels }: Model, text: string): number => {
  if (labels === undefined) throw new ArgumentError('bad-label', `the model has no classes; leave out --label ${text}`);
  const named = labels.classes?.indexOf(text) ?? -1;
  const label = named >= 0 ? named : Number(text.trim() || Number.NaN);
  if (isCount(label, 0) && label < labels.count) return label;
  const names = labels.classes ? `, or one of: ${labels.classes.join(', ')}` : '';
  throw new ArgumentError('bad-label', `no class "${text}"; use a number from 0 to ${labels.count - 1}${names}`);
};

type Drawing = {
  readonly paths: readonly string[];
  readonly images: readonly Float32Array[];
  readonly samples: Samples;
  readonly sampling: Sampling;
};

const titleOf = (model: Model, { strengths, seed, ...rest }: Sampling): string => {
  const { solver, steps } = planReturn(model, { ...rest, strength: strengths[0] ?? 0 }).manner;
  return `${solver}, ${steps} steps, seed ${seed}`;
};

const drawSheet = (model: Model, { paths, images, samples, sampling }: Drawing): Promise<Uint8Array> =>
  contactSheet({
    shape: model.imageShape,
    title: titleOf(model, sampling),
    columns: [
      { header: 'original', count: 1 },
      ...sampling.strengths.map((strength) => ({ header: `strength ${strength}`, count: sampling.variants })),
    ],
    rows: images.map((image, n) => ({
      label: basename(paths[n] ?? ''),
      images: [image, ...(samples.variants[n] ?? [])],
    })),
  });

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
