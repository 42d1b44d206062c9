import * as tf from '@tensorflow/tfjs-core';
import { openDiffusers } from '../checkpoints/diffusers.ts';
import type { Folder } from '../checkpoints/folder.ts';
import type { Sidecar } from '../checkpoints/sidecar.ts';
import { tfjsNetwork } from '../engines/tfjs/network.ts';
import { ArgumentError, CheckpointError } from '../errors.ts';
import { parseUNet2DConfig, type UNet2DConfig } from '../networks/unet2dConfig.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { warnOnce } from '../warn.ts';
import type { LabelSpace, Model, Numbers } from './model.ts';

/**
 * Opens a diffusers folder: one with `unet/` and `scheduler/`, or that of the network alone, for which DDPM's default
 * schedule is assumed, aloud.
 *
 * @throws CheckpointError of many codes, each naming the file, the tensor or the key that is at fault.
 */
export const openModel = async (folder: Folder): Promise<Model> => {
  const checkpoint = await openDiffusers(folder);
  const { weights, scheduler, sidecar, digest } = checkpoint;
  if (checkpoint.isSchedulerAssumed)
    warnOnce(`${folder.name} has no scheduler config; assuming DDPM's default schedule`);
  const config = parseUNet2DConfig(checkpoint.config);
  const imageShape = imageShapeOf(config, folder.name);
  const labels = labelSpace(config, sidecar);
  const network = tfjsNetwork(config, weights);
  return {
    imageShape,
    outChannels: config.outChannels,
    scheduler,
    ...(labels ? { labels } : {}),
    digest,
    engine: 'tfjs',
    parameterCount: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    predict: (x, timesteps, given) =>
      tf.tidy(() => {
        const count = checkImages(x, imageShape);
        return network.run(x, numbers(timesteps, count, { what: 'timestep' }), labelTensor(labels, given, count));
      }),
    dispose: () => network.dispose(),
  };
};

const imageShapeOf = ({ sampleSize, inChannels }: UNet2DConfig, name: string): ImageShape => {
  if (sampleSize) return [...sampleSize, inChannels];
  const rule = `the config of ${name} does not say sample_size`;
  throw new CheckpointError('bad-config', `${rule}; add it, for example "sample_size": 32 or [32, 48]`);
};

const labelSpace = ({ classEmbedding }: UNet2DConfig, { nullLabel, classes }: Sidecar): LabelSpace | undefined => {
  if (!classEmbedding) return undefined;
  const count = classEmbedding.kind === 'table' ? classEmbedding.rows : Number.POSITIVE_INFINITY;
  if (nullLabel !== undefined && nullLabel >= count) {
    throw new CheckpointError(
      'bad-sidecar',
      `nullLabel must be below the number of labels, ${count}; got ${nullLabel}`,
    );
  }
  return { count, ...(nullLabel === undefined ? {} : { nullLabel }), ...(classes === undefined ? {} : { classes }) };
};

const checkImages = (x: tf.Tensor4D, [height, width, channels]: ImageShape): number => {
  const [count, ...shape] = x.shape;
  if (x.rank === 4 && shape[0] === height && shape[1] === width && shape[2] === channels) return count;
  throw new ArgumentError('bad-image-shape', `x must be [N, ${height}, ${width}, ${channels}], got [${x.shape}]`);
};

const labelTensor = (
  space: LabelSpace | undefined,
  given: Numbers | undefined,
  count: number,
): tf.Tensor1D | undefined => {
  if (!space) {
    if (given === undefined) return undefined;
    throw new ArgumentError('bad-label', 'labels were given, but this model is not conditional; leave them out');
  }
  const labels = given ?? space.nullLabel;
  if (labels !== undefined) return tf.cast(numbers(labels, count, { what: 'label', most: space.count - 1 }), 'int32');
  const remedy = 'give labels, or name its null label in a boomerang.json beside the model: { "nullLabel": 10 }';
  throw new ArgumentError('bad-label', `this model is conditional and its null label is not known; ${remedy}`);
};

type Rule = { readonly what: 'timestep' | 'label'; readonly most?: number };

/** One number for each image, checked where that needs no reading from a device. */
const numbers = (given: Numbers, count: number, { what, most = Number.POSITIVE_INFINITY }: Rule): tf.Tensor1D => {
  if (given instanceof tf.Tensor) {
    if (given.rank === 1 && given.shape[0] === count) return tf.cast(given, 'float32');
    throw new ArgumentError(`bad-${what}`, `${what}s must be a tensor of shape [${count}], got [${given.shape}]`);
  }
  const list = typeof given === 'number' ? new Array<number>(count).fill(given) : Array.from(given);
  if (list.length !== count) {
    throw new ArgumentError(`bad-${what}`, `need one ${what} for each of ${count} images, got ${list.length}`);
  }
  const bad = list.find((value) => !(value >= 0 && value <= most && (what === 'timestep' || Number.isInteger(value))));
  if (bad === undefined) return tf.tensor1d(list, 'float32');
  const rule = what === 'label' ? `a whole number from 0 to ${most}` : 'a number of at least 0';
  throw new ArgumentError(`bad-${what}`, `a ${what} must be ${rule}, got ${bad}`);
};
