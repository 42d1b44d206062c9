import { CheckpointError } from '../errors.ts';
import type { StoredTensor } from './dtypes.ts';

/**
 * How the bits of a short float are shared out, after its sign. `special` says what the bits beyond the numbers mean:
 * `ieee` has infinities and NaN in the top exponent, `fn` one NaN (all ones), `fnuz` one NaN in place of minus zero.
 */
type FloatLayout = {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  readonly special: 'ieee' | 'fn' | 'fnuz';
};

const FLOAT16: FloatLayout = { exponentBits: 5, mantissaBits: 10, bias: 15, special: 'ieee' };

/** @see Micikevicius et al. 2022, arXiv:2209.05433 (E5M2, E4M3); Noune et al. 2022, arXiv:2206.02915 (FNUZ). */
const LAYOUTS: Readonly<Record<string, FloatLayout>> = {
  F16: FLOAT16,
  F8_E5M2: { exponentBits: 5, mantissaBits: 2, bias: 15, special: 'ieee' },
  F8_E4M3: { exponentBits: 4, mantissaBits: 3, bias: 7, special: 'fn' },
  F8_E5M2FNUZ: { exponentBits: 5, mantissaBits: 2, bias: 16, special: 'fnuz' },
  F8_E4M3FNUZ: { exponentBits: 4, mantissaBits: 3, bias: 8, special: 'fnuz' },
};

/**
 * The elements of a stored tensor as float32: exact for F16, BF16 and 8-bit floats, rounded for F64.
 *
 * @param name of the tensor, for the message.
 * @returns the stored array itself for F32, a new one otherwise.
 * @throws CheckpointError `bad-weight-dtype` for integers, complex numbers, and floats that mean nothing without a scale.
 */
export const toFloat32 = ({ dtype, data }: StoredTensor, name = 'tensor'): Float32Array => {
  if (dtype === 'F32' && data instanceof Float32Array) return data;
  if (dtype === 'F64' && data instanceof Float64Array) return Float32Array.from(data);
  if (dtype === 'BF16' && data instanceof Uint16Array) return bfloat16ToFloat32(data);
  const layout = Object.hasOwn(LAYOUTS, dtype) ? LAYOUTS[dtype] : undefined;
  if (layout !== undefined && (data instanceof Uint16Array || data instanceof Uint8Array)) return decode(data, layout);
  throw new CheckpointError(
    'bad-weight-dtype',
    `${name} has elements of ${dtype}; save the weights as F32, F16 or BF16`,
  );
};

/** IEEE 754 binary16 bits to the same numbers in float32. */
export const float16ToFloat32 = (bits: Uint16Array): Float32Array => decode(bits, FLOAT16);

/** bfloat16 bits to the same numbers in float32: they are its upper halves. */
export const bfloat16ToFloat32 = (bits: Uint16Array): Float32Array => {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) words[i] = (bits[i] ?? 0) << 16;
  return new Float32Array(words.buffer);
};

/**
 * float32 to IEEE 754 binary16 bits, rounded to nearest, ties to even; from 65520 on infinite.
 *
 * Written out since Node 20 has no Float16Array, and with a loop since `from` with a function is many times slower.
 */
export const float32ToFloat16 = (values: Float32Array): Uint16Array => {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i += 1) halves[i] = toHalf(words[i] ?? 0, values[i] ?? 0);
  return halves;
};

/** @param word the bits of `value`. */
const toHalf = (word: number, value: number): number => {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520: halfway to 2^16
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24); // below 2^-14: subnormal
  const nearest = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((nearest - 0x38000000) >>> 13); // from bias 127 to bias 15, from 23 bits of mantissa to 10
};

/** Doubles of 2^52 and more are integers, and addition rounds ties to even. */
const roundToEven = (value: number): number => value + 2 ** 52 - 2 ** 52;

const tables = new Map<FloatLayout, Float32Array>();

const decode = (bits: Uint16Array | Uint8Array, layout: FloatLayout): Float32Array => {
  const table = tables.get(layout) ?? decodeTable(layout);
  tables.set(layout, table);
  const numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) numbers[i] = table[bits[i] ?? 0] ?? Number.NaN;
  return numbers;
};

/** The number of every bit pattern. */
const decodeTable = (layout: FloatLayout): Float32Array => {
  const size = 2 ** (1 + layout.exponentBits + layout.mantissaBits);
  return Float32Array.from({ length: size }, (_, pattern) => decodeOne(pattern, layout));
};

const decodeOne = (pattern: number, { exponentBits, mantissaBits, bias, special }: FloatLayout): number => {
  const sign = pattern >>> (exponentBits + mantissaBits) ? -1 : 1;
  const exponent = (pattern >>> mantissaBits) & (2 ** exponentBits - 1);
  const mantissa = pattern & (2 ** mantissaBits - 1);
  const isTop = exponent === 2 ** exponentBits - 1;
  if (special === 'fnuz' && sign < 0 && exponent === 0 && mantissa === 0) return Number.NaN;
  if (special === 'fn' && isTop && mantissa === 2 ** mantissaBits - 1) return Number.NaN;
  if (special === 'ieee' && isTop) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const significand = mantissa / 2 ** mantissaBits;
  return exponent === 0 ? sign * significand * 2 ** (1 - bias) : sign * (1 + significand) * 2 ** (exponent - bias);
};
