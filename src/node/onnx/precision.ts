import { ArgumentError, pick } from '../../errors.ts';
import type { Precision } from '../../models/model.ts';
import { type FoundGpu, findGpu } from '../gpu/findGpu.ts';
import type { FoundModel } from '../locateModel.ts';
import type { Device } from '../sessions/device.ts';
import type { SessionOptions } from './sessionOptions.ts';

const PRECISIONS: Readonly<Record<Precision, Precision>> = {
  float32: 'float32',
  float16: 'float16',
  int8: 'int8',
};

/** @throws ArgumentError `unknown-precision`. */
export const checkPrecision = (precision: Precision = 'float32'): Precision => pick(PRECISIONS, precision, 'precision');

type Machine = { readonly engine: string; readonly device: SessionOptions['device'] };

/**
 * What computes in other numbers than float32: half precision is for GPUs, whole numbers are for processors. Nothing
 * stands in for it: who asks for a precision gets that or an error.
 *
 * @throws ArgumentError `bad-precision`.
 */
export const machineOf = (
  precision: Exclude<Precision, 'float32'>,
  { place, format, isOnDisk }: FoundModel,
  { engine, device = 'auto' }: Machine,
  look: () => FoundGpu = findGpu,
): { readonly engine: 'onnx'; readonly device: Device } => {
  if (engine === 'tfjs') throw badPrecision(precision, 'it is ONNX Runtime that computes so, and engine says tfjs');
  if (!isOnDisk) throw badPrecision(precision, `it is for models on this disk, and ${place} is an address`);
  if (format !== 'diffusers') {
    throw badPrecision(
      precision,
      `it is for folders in diffusers' layout, and ${place} is a model in one file, run as it is`,
    );
  }
  if (precision === 'int8') {
    if (device === 'auto' || device === 'cpu') return { engine: 'onnx', device: 'cpu' };
    throw badPrecision(precision, `it is for processors, and device says ${device}`);
  }
  if (device === 'cpu') throw badPrecision(precision, 'it is for GPUs, and device says cpu');
  if (device !== 'auto') return { engine: 'onnx', device };
  const gpu = look();
  if ('name' in gpu) return { engine: 'onnx', device: 'webgpu' };
  throw badPrecision(precision, `it is for GPUs, and ${gpu.why}`);
};

export const badPrecision = (precision: Precision, why: string): ArgumentError =>
  new ArgumentError('bad-precision', `${precision} cannot be had: ${why}; leave precision out`);
