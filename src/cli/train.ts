import type { Command } from 'commander';
import { ArgumentError, isCount } from '../errors.ts';
import { type BackendChoice, chooseBackend, describeBackend } from '../node/backend.ts';
import { toFit } from '../node/data/fitImage.ts';
import { openImages } from '../node/data/openImages.ts';
import type { FolderTraining, TrainingPlan } from '../node/training/folderTraining.ts';
import { planTraining } from '../node/training/plan.ts';
import type { RunLength, StageName } from '../node/training/stage.ts';
import { trainFolder } from '../node/training/trainFolder.ts';
import { PRESETS } from '../train/presets.ts';
import { FOLDERS_TEXT, foldersOf } from './foldersOption.ts';
import { interruptible, throwIfStopped } from './interrupt.ts';
import { toNumber } from './numbers.ts';
import type { Streams } from './streams.ts';
import { chooseNetwork, type NetworkChoice, withClasses } from './trainModel.ts';
import { watchTraining } from './trainProgress.ts';
import { describeData, describePlan, describeRun } from './trainText.ts';

type Options = NetworkChoice & {
  readonly out: string;
  readonly minutes?: string;
  readonly steps?: string;
  readonly epochs?: string;
  readonly resume?: boolean;
  readonly classes?: boolean;
  readonly batch?: string;
  readonly learningRate: string;
  readonly seed: string;
  readonly flip?: boolean;
  readonly fit: string;
  readonly folders?: string;
  readonly maxUnreadable: string;
  readonly saveEvery: string;
  readonly lookEvery: string;
  readonly backend: string;
  readonly accept?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

/** `boomerang train`: a folder of images becomes a diffusion model. */
export const registerTrain = (program: Command, streams: Streams): void => {
  program
    .command('train')
    .description('train a diffusion model on images of your own')
    .argument('<data>', 'IDX or binary CIFAR files, a folder of images, or a tar, tar.gz or zip of images')
    .requiredOption('--out <folder>', 'folder for the model, its card, pictures, and the state to go on from')
    .option('--preset <name>', `network to begin with: ${Object.keys(PRESETS).join(', ')}`)
    .option('--config <file>', 'config.json of a UNet2DModel, instead of a preset')
    .option('--autoencoder <file>', 'config.json of an AutoencoderTiny, trained before the network of --config')
    .option('--from <place>', 'model to train further, instead of a preset')
    .option('--minutes <count>', 'how long to train, all that follows the last step included (default: 60)')
    .option('--steps <count>', 'how many steps to train, instead of minutes')
    .option('--epochs <count>', 'how often to see every image, instead of minutes')
    .option('--resume', 'go on with the run in the folder, with the same options')
    .option('--classes', 'learn classes, too: images of a class lie in a folder of its own')
    .option('--batch <count>', "images in a step (default: the preset's)")
    .option('--learning-rate <rate>', 'at its peak; four times as much for an autoencoder', '4e-4')
    .option('--seed <text>', 'decides every random number', '0')
    .option('--flip', 'mirror every other image, where left and right mean nothing')
    .option('--fit <way>', 'for images of another size: exact refuses, pad, or resize and crop', 'exact')
    .option('--folders <what>', FOLDERS_TEXT)
    .option('--max-unreadable <count>', 'so many images that cannot be read are skipped', '10')
    .option('--save-every <minutes>', 'how often the state is written', '2')
    .option('--look-every <minutes>', 'how often held-out images are measured and samples are drawn', '5')
    .option('--backend <name>', 'auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto')
    .option('--accept', 'call what comes of it a model, whatever its error on held-out images')
    .option('--dry-run', 'say how long it would take and how much memory, and write nothing')
    .option('--json', 'print the figures as JSON')
    .action((data: string, options: Options) => train(data, options, streams));
};

const train = async (data: string, options: Options, streams: Streams): Promise<void> => {
  const { stdout, stderr } = streams;
  const backend = await chooseBackend({ backend: options.backend });
  const training = await readTraining(data, options, backend);
  stderr.write(`${describeBackend(backend)}\n${describeData(training.images)}`);
  if (options.dryRun) {
    const plan = await planTraining(training);
    stdout.write(options.json ? `${JSON.stringify(plan, undefined, 2)}\n` : describePlan(plan, training));
    return;
  }
  const { onStep, onLook, onEncoding, stop } = watchTraining(stderr);
  const { trained, signal } = await interruptible(async (signal) => {
    const onResume = (step: number, stage: StageName): void =>
      void stderr.write(`going on after step ${step}${stage === 'autoencoder' ? ' of the autoencoder' : ''}\n`);
    const onPlan = (plan: TrainingPlan): void => void stderr.write(describePlan(plan, training));
    return {
      signal,
      trained: await trainFolder(options.out, { ...training, signal, onPlan, onStep, onLook, onResume, onEncoding }),
    };
  }).finally(stop);
  stdout.write(
    options.json ? `${JSON.stringify({ out: options.out, ...trained }, undefined, 2)}\n` : describeRun(trained),
  );
  stderr.write(`wrote ${options.out}\n`);
  throwIfStopped(signal, 'the same command with --resume goes on');
};

const readTraining = async (data: string, options: Options, { name }: BackendChoice): Promise<FolderTraining> => {
  const length = readLength(options);
  const { preset, config, from, autoencoder } = options;
  const chosen = await chooseNetwork({
    ...(preset === undefined ? {} : { preset }),
    ...(config === undefined ? {} : { config }),
    ...(from === undefined ? {} : { from }),
    ...(autoencoder === undefined ? {} : { autoencoder }),
  });
  const [height, width, channels] = chosen.imageShape;
  const maxUnreadable = toNumber(options.maxUnreadable, 'max-unreadable');
  const wanted = { size: [height, width], channels, fit: toFit(options.fit), maxUnreadable } as const;
  const images = await openImages(data, { ...wanted, ...foldersOf(options) });
  const network = options.classes ? withClasses(chosen, images.classes) : chosen;
  const batchSize = options.batch === undefined ? network.batchSize : toNumber(options.batch, 'batch');
  if (!isCount(batchSize))
    throw new ArgumentError('bad-batch', `batch must be a whole number of at least 1, got ${options.batch}`);
  return {
    ...length,
    images,
    model: network.model,
    batchSize,
    learningRate: toNumber(options.learningRate, 'learning-rate'),
    flip: options.flip ?? false,
    seed: options.seed,
    resume: options.resume ?? false,
    saveEvery: toNumber(options.saveEvery, 'save-every'),
    lookEvery: toNumber(options.lookEvery, 'look-every'),
    accept: options.accept ?? false,
    about: { data, backend: name },
  };
};

/** @throws ArgumentError `bad-minutes`, `bad-steps`, `bad-epochs`; how many of them there may be, the trainer says. */
const readLength = ({ minutes, steps, epochs }: Options): RunLength => {
  const length = {
    ...(steps === undefined ? {} : { steps: toNumber(steps, 'steps') }),
    ...(epochs === undefined ? {} : { epochs: toNumber(epochs, 'epochs') }),
    ...(minutes === undefined ? {} : { minutes: toNumber(minutes, 'minutes') }),
  };
  return Object.keys(length).length === 0 ? { minutes: 60 } : length;
};
