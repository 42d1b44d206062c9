import type { Command } from 'commander';
import { type Folder, firstExisting } from '../checkpoints/folder.ts';
import type { ModelFacts } from '../models/model.ts';
import { chooseBackend } from '../node/backend.ts';
import type { DiskFolder } from '../node/folder.ts';
import { openFound } from '../node/loadModel.ts';
import { type FoundModel, locateModel } from '../node/locateModel.ts';
import { diskFacts, readDiskCheckpoint } from '../node/onnx/diffusersGraph.ts';
import { hashFile } from '../node/onnx/weightsOnDisk.ts';
import { usualSolver } from '../returns/usual.ts';
import { describeParts, latentParts, partLines } from './modelParts.ts';
import { watchDownloads } from './progress.ts';
import type { Streams } from './streams.ts';

type Options = { readonly revision: string; readonly backend: string; readonly json?: boolean };

/** `boomerang info`: what a model is, without running it. */
export const registerInfo = (program: Command, streams: Streams): void => {
  program
    .command('info')
    .description('say what a model is: architecture, images, parts, classes, schedule, licence')
    .argument('<model>', 'folder, model.json or ONNX file of a diffusion model, its address, or its name on the hub')
    .option('--revision <name>', 'branch, tag or commit of a model on the hub', 'main')
    .option('--backend <name>', 'auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto')
    .option('--json', 'print JSON')
    .action((place: string, options: Options) => info(place, options, streams));
};

const info = async (place: string, options: Options, { stdout, stderr }: Streams): Promise<void> => {
  const { stop, onProgress } = watchDownloads(stderr);
  const found = await locateModel(place, { revision: options.revision, onProgress }).finally(stop);
  await chooseBackend({ backend: options.backend });
  const known = await factsOf(found);
  const parts = found.format === 'diffusers' ? await latentParts(found.folder) : undefined;
  const facts = { model: place, ...(await describeFiles(found)), ...describeModel(known) };
  if (options.json) stdout.write(`${JSON.stringify({ ...facts, ...describeParts(parts, known) }, undefined, 2)}\n`);
  else stdout.write(lines({ ...facts, ...partLines(parts, known) }));
};

/** A folder of diffusers on disk need not be opened: its weights are read in passing, and proved, but not kept. */
const factsOf = async (found: FoundModel): Promise<ModelFacts> => {
  if (found.isOnDisk && found.format === 'diffusers') return factsOnDisk(found.folder);
  const model = await openFound(found);
  model.dispose();
  return model;
};

const factsOnDisk = async (folder: DiskFolder): Promise<ModelFacts> => {
  const checkpoint = await readDiskCheckpoint(folder);
  const hashes: string[] = [];
  for (const { file } of checkpoint.files) hashes.push(await hashFile(file));
  return diskFacts(checkpoint, hashes);
};

const describeModel = ({ imageShape, parameterCount, scheduler, labels, digest }: ModelFacts) => ({
  imageShape,
  parameterCount,
  ...(labels ? { classes: labels.classes ?? labels.count, nullLabel: labels.nullLabel ?? null } : {}),
  timesteps: scheduler.schedule.alphaBar.length,
  alphaBarLast: scheduler.schedule.alphaBar.at(-1),
  prediction: scheduler.prediction,
  scheduler: scheduler.className,
  solver: usualSolver(scheduler),
  digest,
});

const describeFiles = async ({ folder, format }: FoundModel) => {
  const configs = format === 'diffusers' ? ['unet/config.json', 'config.json'] : [];
  const config = await firstExisting(folder, configs);
  const architecture = config && /"_class_name": *"([^"]+)"/.exec(await readText(folder, config))?.[1];
  const card = (await folder.exists('README.md')) ? await readText(folder, 'README.md') : '';
  const [, frontMatter = ''] = card.split(/^---$/m);
  const license = /^license: *(.+)$/m.exec(frontMatter)?.[1];
  return { ...(architecture ? { architecture } : {}), ...(license ? { license } : {}) };
};

const readText = async (folder: Folder, path: string): Promise<string> =>
  new TextDecoder().decode(await folder.read(path));

const NAMES: Readonly<Record<string, string>> = {
  imageShape: 'images (height, width, channels)',
  parameterCount: 'parameters',
  nullLabel: 'null label',
  alphaBarLast: 'signal at the last timestep',
  scheduler: 'schedule, spacing, prediction of',
  solver: 'walked by, if not asked otherwise',
};

const lines = (facts: Readonly<Record<string, unknown>>): string => {
  const width = Math.max(...Object.values(NAMES).map((name) => name.length));
  const say = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));
  return Object.entries(facts)
    .map(([key, value]) => `${(NAMES[key] ?? key).padEnd(width)}  ${say(value)}\n`)
    .join('');
};
