import { expect } from 'chai';
import type { Dtype, TensorData } from '../../src/checkpoints/dtypes.ts';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16, toFloat32 } from '../../src/checkpoints/halfFloat.ts';
import { CheckpointError } from '../../src/errors.ts';

const ALL_BITS = Uint16Array.from({ length: 65536 }, (_, i) => i);
const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;

/** IEEE 754 binary16, straight from its definition. */
const half = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return mantissa ? Number.NaN : sign / 0;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + mantissa) : 2 ** -24 * mantissa);
};

describe('half floats', () => {
  it('gives every one of the 65,536 halves its number', () => {
    float16ToFloat32(ALL_BITS).forEach((value, bits) => {
      if (!Object.is(value, half(bits))) expect.fail(`0x${bits.toString(16)} became ${value}, not ${half(bits)}`);
    });
  });

  it('gives every one of the 65,536 bfloat16 its number, bit for bit', () => {
    const words = new Uint32Array(bfloat16ToFloat32(ALL_BITS).buffer);
    words.forEach((word, bits) => {
      if (word !== bits * 65536) expect.fail(`0x${bits.toString(16)} became 0x${word.toString(16)}`);
    });
  });

  it('takes every half through float32 and back', () => {
    float32ToFloat16(float16ToFloat32(ALL_BITS)).forEach((back, bits) => {
      const isNotANumber = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
      if (isNotANumber ? !Number.isNaN(half(back)) : back !== bits)
        expect.fail(`0x${bits.toString(16)} -> ${back.toString(16)}`);
    });
  });

  it('rounds to the nearest half, ties to even, between all neighbours', () => {
    for (let bits = 0; bits < 0x7bff; bits += 1) {
      const middle = Math.fround((half(bits) + half(bits + 1)) / 2); // exact: 12 bits of mantissa
      const [below, above] = [-1, 1].map(
        (step) => new Float32Array(Uint32Array.of(bitsOf(middle) + step).buffer)[0] ?? 0,
      );
      const rounded = [...float32ToFloat16(Float32Array.of(middle, below ?? 0, above ?? 0, -middle))];
      const even = bits % 2 === 0 ? bits : bits + 1;
      if (rounded.join() !== [even, bits, bits + 1, even + 0x8000].join())
        expect.fail(`at 0x${bits.toString(16)}: ${rounded}`);
    }
  });

  it('overflows to infinity from 65520 on and underflows to a signed zero', () => {
    const values = Float32Array.of(65519.996, 65520, -1e30, 2 ** -25, -(2 ** -25), 2 ** -24, -0);
    expect([...float32ToFloat16(values)]).to.deep.equal([0x7bff, 0x7c00, 0xfc00, 0, 0x8000, 1, 0x8000]);
  });

  it('converts a view that starts inside its buffer', () => {
    const view = new Float32Array(Float32Array.of(9, 1, -2).buffer, 4);
    expect([...float32ToFloat16(view)]).to.deep.equal([0x3c00, 0xc000]);
  });
});

describe('toFloat32', () => {
  it('hands out float32 as it is and rounds float64', () => {
    const data = Float32Array.of(1, 2);
    expect(toFloat32({ dtype: 'F32', shape: [2], data })).to.equal(data);
    const wide = toFloat32({ dtype: 'F64', shape: [1], data: Float64Array.of(0.1) });
    expect([...wide]).to.deep.equal([Math.fround(0.1)]);
  });

  // bits of: one, the largest, the smallest, minus two, not a number (OCP FP8 and arXiv:2206.02915)
  for (const [dtype, bits, numbers] of [
    ['F8_E5M2', [0x3c, 0x7b, 0x01, 0xc0, 0x7f, 0xfc], [1, 57344, 2 ** -16, -2, Number.NaN, -1 / 0]],
    ['F8_E4M3', [0x38, 0x7e, 0x01, 0xc0, 0x7f, 0xff], [1, 448, 2 ** -9, -2, Number.NaN, Number.NaN]],
    ['F8_E5M2FNUZ', [0x40, 0x7f, 0x01, 0xc4, 0x80], [1, 57344, 2 ** -17, -2, Number.NaN]],
    ['F8_E4M3FNUZ', [0x40, 0x7f, 0x01, 0xc8, 0x80], [1, 240, 2 ** -10, -2, Number.NaN]],
  ] as const) {
    it(`reads ${dtype}`, () => {
      const values = toFloat32({ dtype, shape: [bits.length], data: Uint8Array.from(bits) });
      expect([...values]).to.deep.equal([...numbers]);
    });
  }

  for (const [dtype, data] of [
    ['I32', Int32Array.of(1)],
    ['U16', Uint16Array.of(1)],
    ['BOOL', Uint8Array.of(1)],
    ['I64', BigInt64Array.of(1n)],
    ['C64', Float32Array.of(1, 2)],
    ['F4', Uint8Array.of(1)],
    ['F8_E8M0', Uint8Array.of(1)],
  ] as [Dtype, TensorData][]) {
    it(`refuses ${dtype} where a weight is wanted`, () => {
      expect(() => toFloat32({ dtype, shape: [1], data }, 'conv_in.weight'))
        .to.throw(CheckpointError, new RegExp(`conv_in.weight.*${dtype}`))
        .with.property('code', 'bad-weight-dtype');
    });
  }
});
