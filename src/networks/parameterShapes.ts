import type { NetOps } from './ops.ts';
import { unet2d } from './unet2d.ts';
import type { UNet2DConfig } from './unet2dConfig.ts';

const nothing = (): null => null;

/** Computes nothing: for building a network only to hear what it asks for. */
const NO_OPS: NetOps<null> = {
  conv2d: nothing,
  linear: nothing,
  groupNorm: nothing,
  activate: nothing,
  add: nothing,
  affine: nothing,
  addVector: nothing,
  modulate: nothing,
  concatChannels: nothing,
  upsample2x: nothing,
  averagePool2x: nothing,
  attention: nothing,
  sinusoid: nothing,
  embedding: nothing,
  part: nothing,
};

/**
 * Names and shapes, in PyTorch's order, of all parameters of a network, in the order in which it takes them.
 *
 * @throws CheckpointError `bad-config` where norm groups or attention heads do not fit the channels.
 */
export const parameterShapes = (config: UNet2DConfig): Map<string, readonly number[]> => {
  const shapes = new Map<string, readonly number[]>();
  const record = (name: string, shape: readonly number[]): null => {
    shapes.set(name, shape);
    return null;
  };
  unet2d(NO_OPS, record, config);
  return shapes;
};
