import { CheckpointError } from '../errors.ts';
import { DTYPES, type Dtype, type StoredTensor } from './dtypes.ts';
import { toFloat32 } from './halfFloat.ts';

/** A tensor with values that are not finite. */
export type NotFinite = {
  readonly name: string;
  /** Values that are NaN, infinite, or too large for float32. */
  readonly count: number;
  /** Values in all. */
  readonly size: number;
};

/** Bits of the exponent: a number is finite unless all of them are set. */
const EXPONENTS: Partial<Record<Dtype, number>> = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 };

/**
 * How many values of a tensor a network could not compute with: NaN, infinite, or too large for float32. Integers are
 * always finite.
 */
export const countNotFinite = ({ dtype, data }: Pick<StoredTensor, 'dtype' | 'data'>): number => {
  const exponent = EXPONENTS[dtype];
  if (exponent !== undefined) return countSet(bitsOf(data), exponent);
  if (dtype === 'C64') return countNotFinite({ dtype: 'F32', data });
  if (dtype !== 'F64' && !dtype.startsWith('F8')) return 0;
  if (dtype === 'F8_E8M0') return 0; // a scale, refused where it stands for a weight
  return countNotFinite({ dtype: 'F32', data: toFloat32({ dtype, shape: [data.length], data }) });
};

const bitsOf = (data: StoredTensor['data']): Uint16Array | Uint32Array =>
  data.BYTES_PER_ELEMENT === 2
    ? new Uint16Array(data.buffer, data.byteOffset, data.length)
    : new Uint32Array(data.buffer, data.byteOffset, data.length);

const countSet = (words: Uint16Array | Uint32Array, mask: number): number => {
  let count = 0;
  for (let i = 0; i < words.length; i += 1) if (((words[i] as number) & mask) === mask) count += 1;
  return count;
};

/** As {@link countNotFinite}, from bytes that need not be aligned. */
export const countNotFiniteBytes = (dtype: Dtype, bytes: Uint8Array): number => {
  const View = DTYPES[dtype].array;
  const isAligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : new Uint8Array(bytes); // a Buffer's slice is no copy
  return countNotFinite({
    dtype,
    data: new View(buffer as ArrayBuffer, byteOffset, byteLength / View.BYTES_PER_ELEMENT),
  });
};

/**
 * Refuses weights of which one value is not finite: the network would answer NaN to everything.
 *
 * @param found in `file`; nothing happens where it is empty.
 * @throws CheckpointError `not-finite-weights`.
 */
export const refuseNotFinite = (found: readonly NotFinite[], file: string): void => {
  const [first] = found;
  if (first === undefined) return;
  const { name, count, size } = first;
  const others = found.length === 1 ? '' : ` (and ${found.length - 1} more of its tensors hold such values)`;
  const rule = `${name} in ${file} has ${count} of ${size} values that are not finite (NaN, infinite or overflowed)${others}`;
  const remedy = 'take a checkpoint from before its training diverged, or save it again as float32';
  throw new CheckpointError('not-finite-weights', `${rule}; ${remedy}`);
};
