import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError, CheckpointError } from '../../errors.ts';
import type { Port, Ports } from '../../networks/binding.ts';
import { inOrder, type OpenSizes } from '../../networks/imageLayout.ts';
import type { ImageLayout } from '../sessions/graphInput.ts';

/** Where a network takes images and gives vectors. */
export type EmbedderPorts = {
  readonly image: string;
  readonly output: string;
  readonly layout: ImageLayout;
  /** Height, width and channels of images, undefined where any will do. */
  readonly size: readonly (number | undefined)[];
};

/**
 * Finds out how a network makes vectors of images.
 *
 * @param name of the network, for messages.
 * @throws CheckpointError `bad-embedder`, `bad-layout`.
 */
export const embedderPorts = ({ inputs, outputs }: Ports, name: string): EmbedderPorts => {
  const [image, ...others] = inputs;
  const [output, ...more] = outputs;
  if (!image || !output || others.length > 0 || more.length > 0 || image.shape?.length !== 4) {
    const rule = `an embedder takes images [N, h, w, 3] or [N, 3, h, w] and gives vectors [N, width]`;
    throw new CheckpointError('bad-embedder', `${rule}; ${name} takes ${list(inputs)} and gives ${list(outputs)}`);
  }
  const [batch, ...sizes] = image.shape;
  if (batch !== undefined && batch !== 1) {
    throw new CheckpointError(
      'bad-embedder',
      `${name} takes batches of ${batch} images only; export it with any, or 1`,
    );
  }
  const layout = layoutOf(sizes, name);
  return { image: image.name, output: output.name, layout, size: inOrder(sizes, layout === 'nhwc' ? 'NHWC' : 'NCHW') };
};

/** Pictures have one channel or three. */
const layoutOf = (sizes: OpenSizes, name: string): ImageLayout => {
  const [first, last] = [sizes[0], sizes[2]].map((size) => size === 1 || size === 3);
  if (first !== last) return last ? 'nhwc' : 'nchw';
  const rule = `an embedder takes images of 1 or 3 channels, first or last; ${name} takes ${sizes.map((size) => size ?? '?').join(' x ')}`;
  throw new CheckpointError('bad-layout', `${rule}; export it with a number of channels`);
};

const list = (ports: readonly Port[]): string =>
  ports.map(({ name, shape }) => `${name} [${shape?.map((size) => size ?? '?').join(', ') ?? '…'}]`).join(', ') ||
  'nothing';

/**
 * Images as a network takes them, resized where it takes one size; grey ones become colours.
 *
 * @returns NHWC, owned by the caller.
 * @throws ArgumentError `bad-image-shape`.
 */
export const imagesFor = (images: tf.Tensor4D, { size }: EmbedderPorts, name: string): tf.Tensor4D => {
  const [count, height, width, channels] = images.shape;
  const [wantedHeight = height, wantedWidth = width, wantedChannels = channels] = size;
  if (channels !== wantedChannels && channels !== 1) {
    const rule = `${name} takes images of ${wantedChannels} ${wantedChannels === 1 ? 'channel' : 'channels'}`;
    throw new ArgumentError('bad-image-shape', `${rule}, got [${images.shape}]; convert them first`);
  }
  return tf.tidy(() => {
    const fits = height === wantedHeight && width === wantedWidth;
    const resized = fits ? tf.clone(images) : tf.image.resizeBilinear(images, [wantedHeight, wantedWidth], false, true);
    return channels === wantedChannels
      ? resized
      : tf.broadcastTo<tf.Rank.R4>(resized, [count, wantedHeight, wantedWidth, wantedChannels]);
  });
};
