import { readFile } from 'node:fs/promises';
import { readConfigFile } from '../checkpoints/configFile.ts';
import { openDiffusers } from '../checkpoints/diffusers.ts';
import { firstExisting } from '../checkpoints/folder.ts';
import { ArgumentError, CheckpointError, pick } from '../errors.ts';
import { parseAutoencoder } from '../networks/parseAutoencoder.ts';
import { parseUNet2DConfig } from '../networks/unet2dConfig.ts';
import { openFolder } from '../node/folder.ts';
import { onDisk } from '../node/hub/onDisk.ts';
import type { FolderTraining } from '../node/training/folderTraining.ts';
import { DDPM, LATENT_DDIM } from '../node/training/modelFiles.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { PRESETS } from '../train/presets.ts';

/** Where the network comes from: one of these. */
export type NetworkChoice = {
  readonly preset?: string;
  /** A `config.json` of a `UNet2DModel`. */
  readonly config?: string;
  /** A model whose weights are trained further. */
  readonly from?: string;
  /** A `config.json` of an `AutoencoderTiny`, beside `config`: the network is then one of its latents. */
  readonly autoencoder?: string;
};

export type ChosenNetwork = {
  readonly model: FolderTraining['model'];
  readonly imageShape: ImageShape;
  readonly batchSize: number;
};

const BATCH_SIZE = 64;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The network to train.
 *
 * @throws ArgumentError `bad-network`, `unknown-preset`, `latent-from`; CheckpointError as `openDiffusers` and for a bad config.
 */
export const chooseNetwork = async ({ autoencoder, ...choice }: NetworkChoice): Promise<ChosenNetwork> => {
  const given = Object.entries(choice).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const names = given.map(([name]) => `--${name}`).join(' and ') || 'none';
    const choices = Object.keys(PRESETS).join(', ');
    throw new ArgumentError('bad-network', `say one of --preset (${choices}), --config and --from; got ${names}`);
  }
  if (autoencoder !== undefined && choice.config === undefined) {
    throw new ArgumentError('bad-network', '--autoencoder goes with --config, whose network is one of its latents');
  }
  if (choice.from !== undefined) return networkOf(choice.from);
  if (choice.config !== undefined) return describedNetwork(choice.config, autoencoder);
  const preset = pick(PRESETS, choice.preset ?? '', 'preset');
  return networkToTrain(preset.config, preset.autoencoder, preset.batchSize);
};

const describedNetwork = async (config: string, autoencoder: string | undefined): Promise<ChosenNetwork> =>
  networkToTrain(
    await readConfig(config, 'a UNet2DModel'),
    autoencoder === undefined ? undefined : await readConfig(autoencoder, 'an AutoencoderTiny'),
    BATCH_SIZE,
  );

const networkToTrain = (config: Fields, autoencoder: Fields | undefined, batchSize: number): ChosenNetwork => {
  const shape = shapeOf(config);
  if (autoencoder === undefined) return { model: { config, scheduler: DDPM }, imageShape: shape, batchSize };
  const { factor, imageChannels, latentChannels } = parseAutoencoder(autoencoder);
  const [height, width, channels] = shape;
  if (channels !== latentChannels) {
    const rule = `the network takes ${channels} channels, but the autoencoder makes latents of ${latentChannels}`;
    throw new ArgumentError('bad-network', `${rule}; set in_channels and out_channels to that`);
  }
  const imageShape: ImageShape = [height * factor, width * factor, imageChannels];
  return { model: { config, scheduler: LATENT_DDIM, autoencoder }, imageShape, batchSize };
};

/** The network with a label for each class of the data, and one for none. */
export const withClasses = (network: ChosenNetwork, classes: readonly string[] | undefined): ChosenNetwork => {
  if (classes === undefined) {
    throw new ArgumentError('no-labels', 'the images have no classes: put those of a class into a folder of its own');
  }
  const config = { ...network.model.config, num_class_embeds: classes.length + 1 };
  return { ...network, model: { ...network.model, config, classes } };
};

const networkOf = async (place: string): Promise<ChosenNetwork> => {
  const folder = await openFolder(await onDisk(place, {}));
  const { config, weights, sidecar, digest, latent } = await openDiffusers(folder);
  if (latent) {
    const rule = `${place} walks in latents, and only a model of pixels can be trained further`;
    throw new ArgumentError('latent-from', `${rule}; begin another with --preset`);
  }
  const path = await firstExisting(folder, ['scheduler/scheduler_config.json', 'scheduler_config.json']);
  const scheduler = path === undefined ? DDPM : (await readConfigFile(folder, path)).fields;
  const { classes } = sidecar;
  const model = { config, scheduler, start: weights, startDigest: digest, ...(classes ? { classes } : {}) };
  return { model, imageShape: shapeOf(config), batchSize: BATCH_SIZE };
};

const readConfig = async (path: string, what: string): Promise<Fields> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CheckpointError('bad-config', `cannot read ${path}: ${why}; it must be the config.json of ${what}`);
  }
};

const shapeOf = (fields: Fields): ImageShape => {
  const { sampleSize, inChannels } = parseUNet2DConfig(fields);
  if (sampleSize) return [...sampleSize, inChannels];
  throw new CheckpointError('bad-config', 'the config does not say sample_size; add it, for example "sample_size": 32');
};
