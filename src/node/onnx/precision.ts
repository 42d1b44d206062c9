import { ArgumentError, pick } from '../../errors.ts';
import type { Precision } from '../../models/model.ts';
import type { FoundModel } from '../locateModel.ts';
import type { SessionOptions } from './sessionOptions.ts';

const PRECISIONS: Readonly<Record<Precision, Precision>> = { float32: 'float32', int8: 'int8' };

/** @throws ArgumentError `unknown-precision`. */
export const checkPrecision = (precision: Precision = 'float32'): Precision => pick(PRECISIONS, precision, 'precision');

type Machine = { readonly engine: string; readonly device: SessionOptions['device'] };

/**
 * What computes in whole numbers. Nothing stands in for it: who asks for int8 gets that or an error.
 *
 * @throws ArgumentError `bad-precision`.
 */
export const machineOfInt8 = ({ place, format }: FoundModel, { engine, device = 'auto' }: Machine) => {
  if (engine === 'tfjs') throw badPrecision('it is ONNX Runtime that computes so, and engine says tfjs');
  if (device !== 'auto' && device !== 'cpu') throw badPrecision(`it is for processors, and device says ${device}`);
  if (format === 'diffusers') return { engine: 'onnx', device: 'cpu' } as const;
  throw badPrecision(`it is for folders in diffusers' layout, and ${place} is a model in one file, run as it is`);
};

export const badPrecision = (why: string): ArgumentError =>
  new ArgumentError('bad-precision', `int8 cannot be had: ${why}; leave precision out`);
