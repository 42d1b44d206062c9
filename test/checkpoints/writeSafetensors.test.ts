import { expect } from 'chai';
import type { StoredTensor } from '../../src/checkpoints/dtypes.ts';
import { headerEnd, parseHeader, parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { writeSafetensors } from '../../src/checkpoints/writeSafetensors.ts';
import { ArgumentError } from '../../src/errors.ts';

const TENSORS = new Map<string, StoredTensor>([
  ['b', { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 255) }],
  ['10', { dtype: 'F32', shape: [2, 1], data: Float32Array.of(1.5, -0) }],
  ['9', { dtype: 'F32', shape: [], data: Float32Array.of(7) }],
  ['__proto__', { dtype: 'F16', shape: [0, 4], data: new Uint16Array() }],
  ['é"\\', { dtype: 'I64', shape: [1], data: BigInt64Array.of(-9007199254740993n) }],
  ['part', { dtype: 'F64', shape: [1], data: new Float64Array(2).fill(Math.E).subarray(1) }],
]);

describe('writeSafetensors', () => {
  const bytes = writeSafetensors(TENSORS, { format: 'pt' });

  it('writes what the reader gives back', () => {
    const back = parseSafetensors(bytes);
    expect([...back.keys()].sort()).to.deep.equal([...TENSORS.keys()].sort());
    for (const [name, tensor] of TENSORS) expect(back.get(name), name).to.deep.equal(tensor);
    expect(parseHeader(bytes, bytes.length).metadata.get('format')).to.equal('pt');
  });

  it('pads the header to 8 bytes and aligns every tensor, so that none is copied', () => {
    expect(headerEnd(bytes, bytes.length) % 8).to.equal(0);
    for (const [name, { data }] of parseSafetensors(bytes)) expect(data.buffer, name).to.equal(bytes.buffer);
  });

  it('writes the same bytes in whichever order the tensors come', () => {
    expect(writeSafetensors(new Map([...TENSORS].reverse()), { format: 'pt' })).to.deep.equal(bytes);
  });

  it('sorts tensors of one type by name', () => {
    expect([...parseSafetensors(bytes).keys()]).to.deep.equal(['part', 'é"\\', '10', '9', '__proto__', 'b']);
  });

  it('writes a file without tensors', () => expect([...parseSafetensors(writeSafetensors(new Map()))]).to.be.empty);

  for (const [title, name, tensor, message] of [
    ['too few elements', 't', { dtype: 'F32', shape: [2], data: Float32Array.of(1) }, /F32 \[2\].*8 bytes.*of 4/],
    [
      'an array of another kind',
      't',
      { dtype: 'F16', shape: [2], data: Float32Array.of(1) },
      /Uint16Array.*Float32Array/,
    ],
    ['the name of the metadata', '__metadata__', { dtype: 'U8', shape: [0], data: new Uint8Array() }, /__metadata__/],
    ['an unpaired surrogate', '\ud800', { dtype: 'U8', shape: [0], data: new Uint8Array() }, /names/],
    ['a shape that is no shape', 't', { dtype: 'U8', shape: [1.5, 2], data: new Uint8Array(3) }, /names/],
  ] as [string, string, StoredTensor, RegExp][]) {
    it(`refuses ${title}`, () => {
      expect(() => writeSafetensors(new Map([[name, tensor]])))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-tensor');
    });
  }
});
