import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { expect } from 'chai';
import { headerEnd, parseHeader, parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { CheckpointError } from '../../src/errors.ts';
import { describeShared, shared } from '../support/shared.ts';

type Row = { name: string; b64z: string; accept: boolean; tensors?: [string, string, number[]][] };

/** A file of a header and as many zero bytes of data. */
const file = (header: string | Uint8Array, dataLength = 0): Uint8Array => {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
};

const tensor = (dtype: string, shape: string, offsets: string, more = ''): string =>
  `{${more}"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const F32 = tensor('F32', '[2,2]', '[0,16]');
const nested = (depth: number): string => `"a":${'['.repeat(depth)}${']'.repeat(depth)},`;
const listing = (bytes: Uint8Array) =>
  [...parseSafetensors(bytes)].map(([name, { dtype, shape }]) => [name, dtype, shape]);

describeShared('the corpus of the reference reader', 'corpus/safetensors-corpus.json', () => {
  const rows: Row[] = JSON.parse(readFileSync(shared('corpus/safetensors-corpus.json'), 'utf8'));

  it('is not empty', () => expect(rows).to.have.lengthOf.at.least(44));

  for (const { name, b64z, accept, tensors } of rows) {
    const bytes = new Uint8Array(inflateSync(Buffer.from(b64z, 'base64')));
    it(`${accept ? 'accepts' : 'refuses'} ${name}`, () => {
      if (accept) expect(listing(bytes)).to.deep.equal(tensors);
      else expect(() => parseSafetensors(bytes)).to.throw(CheckpointError);
    });
  }
});

/** Verdicts of safetensors 0.8.0 for Python, except where the title says that we are stricter. */
const ACCEPTED: Record<string, Uint8Array> = {
  'a description as a list': file('{"t":["F32",[2,2],[0,16]]}', 16),
  'a type as an object': file('{"t":{"dtype":{"F32":null},"shape":[2,2],"data_offsets":[0,16]}}', 16),
  'metadata of null': file(`{"__metadata__":null,"t":${F32}}`, 16),
  'metadata with a name twice': file(`{"__metadata__":{"a":"b","a":"c"},"t":${F32}}`, 16),
  'an unknown field twice': file(`{"t":${tensor('F32', '[2,2]', '[0,16]', '"a":1,"a":1,')}}`, 16),
  'space before the header': file(`\n\t {"t":${F32}}`, 16),
  'space of every kind after it': file(`{"t":${F32}}\r\n\t `, 16),
  'a surrogate pair in a name': file(`{"\\ud83d\\ude00":${F32}}`, 16),
  'a NUL in a name': file(`{"\\u0000":${F32}}`, 16),
  'brackets and quotes in a name': file(`{"\\"]}{[,:\\\\":${F32}}`, 16),
  'an unknown field of 125 levels': file(`{"t":${tensor('F32', '[2,2]', '[0,16]', nested(125))}}`, 16),
  'a scalar': file(`{"t":${tensor('F32', '[]', '[0,4]')}}`, 4),
  'offsets out of order': file(`{"b":${tensor('F32', '[1]', '[4,8]')},"a":${tensor('F32', '[1]', '[0,4]')}}`, 8),
  'an empty tensor between others': file(
    `{"a":${tensor('F32', '[1]', '[0,4]')},"c":${tensor('F32', '[1]', '[4,8]')},"e":${tensor('F32', '[0]', '[4,4]')}}`,
    8,
  ),
  'no elements, whatever comes after the 0': file(`{"t":${tensor('U8', '[0,9223372036854775808,4]', '[0,0]')}}`),
  'two elements of 4 bits in a byte': file(`{"t":${tensor('F4', '[2]', '[0,1]')}}`, 1),
  'metadata alone': file('{"__metadata__":{}}'),
};

const REFUSED: Record<string, [Uint8Array, RegExp]> = {
  'a name twice (the reference keeps the last)': [file(`{"t":${F32},"t":${F32}}`, 16), /"t" stands twice/],
  'metadata twice': [file('{"__metadata__":{},"__metadata__":{}}'), /__metadata__" stands twice/],
  'metadata twice, the first null': [file('{"__metadata__":null,"__metadata__":null}'), /stands twice/],
  'metadata that is a number': [file('{"__metadata__":{"a":1}}'), /"a" must be a string/],
  'a tensor of null': [file('{"t":null}'), /"t" must be described by an object, not literal null/],
  'a list of four': [file('{"t":["F32",[2,2],[0,16],1]}', 16), /not an array/],
  'a type as an object with content': [file('{"t":["F32",[2,2],[0,16]],"u":[{"F32":1},[0],[16,16]]}', 16), /dtype/],
  'a field twice with the same value': [
    file(`{"t":${tensor('F32', '[2,2]', '[0,16]', '"dtype":"F32",')}}`, 16),
    /twice/,
  ],
  'a lower-case type': [file(`{"t":${tensor('f32', '[2,2]', '[0,16]')}}`, 16), /unknown dtype string f32/],
  'a type named like a method': [file(`{"t":${tensor('toString', '[]', '[0,4]')}}`, 4), /unknown dtype/],
  'minus zero': [file(`{"t":${tensor('F32', '[2,2]', '[-0,16]')}}`, 16), /not number -0/],
  '1.0 for an integer': [file(`{"t":${tensor('F32', '[4,1.0]', '[0,16]')}}`, 16), /not number 1\.0/],
  'a leading zero': [file(`{"t":${tensor('F32', '[2,02]', '[0,16]')}}`, 16), /not strict JSON/],
  'a size of 2^64': [file(`{"t":${tensor('F32', '[0,18446744073709551616]', '[0,0]')}}`), /2\^64 - 1/],
  'an overflow before a 0': [file(`{"t":${tensor('F32', '[9223372036854775808,4,0]', '[0,0]')}}`), /overflows/],
  'an overflow of bits': [file(`{"t":${tensor('F32', '[576460752303423488]', '[0,0]')}}`), /overflows/],
  'half a byte': [file(`{"t":${tensor('F4', '[3]', '[0,2]')}}`, 2), /12 bits/],
  'three offsets': [file(`{"t":${tensor('F32', '[2,2]', '[0,16,16]')}}`, 16), /two data_offsets/],
  'a first offset above 0': [file(`{"t":${tensor('F32', '[1]', '[4,8]')}}`, 8), /must start at 0/],
  'an empty tensor inside another': [
    file(`{"e":${tensor('F32', '[0]', '[2,2]')},"a":${tensor('F32', '[1]', '[0,4]')}}`, 4),
    /"e".*must start at 4/,
  ],
  'data of nobody': [file('{}', 4), /cover 0 bytes, but 4 follow/],
  'data beyond the last tensor': [file(`{"t":${F32}}`, 17), /cover 16 bytes, but 17 follow/],
  'an unpaired surrogate': [file(`{"\\ud800":${F32}}`, 16), /surrogate/],
  'an unpaired surrogate where nobody looks': [
    file(`{"t":${tensor('F32', '[2,2]', '[0,16]', '"a":"\\udc00",')}}`, 16),
    /surrogate/,
  ],
  'an encoded surrogate': [file(Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x30, 0x7d)), /not UTF-8/],
  'a number beyond doubles where nobody looks': [
    file(`{"t":${tensor('F32', '[2,2]', '[0,16]', '"a":1e999,')}}`, 16),
    /out of range/,
  ],
  'an unknown field of 126 levels': [file(`{"t":${tensor('F32', '[2,2]', '[0,16]', nested(126))}}`, 16), /127 levels/],
  'a comma too many': [file(`{"t":${F32},}`, 16), /not strict JSON/],
  'a no-break space': [file(`{"t":${F32}}\u00a0`, 16), /not strict JSON/],
  'a comment': [file(`{/**/"t":${F32}}`, 16), /not strict JSON/],
  'two headers': [file('{}{}'), /not strict JSON/],
  'spaces alone': [file('   '), /not strict JSON/],
};

describe('safetensors', () => {
  for (const [title, bytes] of Object.entries(ACCEPTED)) {
    it(`accepts ${title}`, () => expect(() => parseSafetensors(bytes)).to.not.throw());
  }

  for (const [title, [bytes, message]] of Object.entries(REFUSED)) {
    it(`refuses ${title}`, () => {
      expect(() => parseSafetensors(bytes))
        .to.throw(CheckpointError, message)
        .with.property('code', 'bad-safetensors');
    });
  }

  it('gives the numbers of the file', () => {
    const bytes = file('{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  ', 8);
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, -1.5, true);
    expect([...(parseSafetensors(bytes).get('t')?.data ?? [])]).to.deep.equal([0, -1.5]);
  });

  it('keeps integers of 64 bits whole', () => {
    const bytes = file(`{"t":${tensor('I64', '[1]', '[0,8]')}}`, 8);
    new DataView(bytes.buffer).setBigInt64(bytes.length - 8, -9007199254740993n, true);
    expect(parseSafetensors(bytes).get('t')?.data[0]).to.equal(-9007199254740993n);
  });

  it('copies data only where their alignment demands it', () => {
    for (const [spaces, isView] of [
      [0, true],
      [1, false],
      [2, false],
      [4, true],
    ] as const) {
      const length = tensor('F32', '[1]', '[0,4]').length + 6;
      const bytes = file(`{"t":${tensor('F32', '[1]', '[0,4]')}}${' '.repeat(8 - (length % 8) + spaces)}`, 4);
      expect(parseSafetensors(bytes).get('t')?.data.buffer === bytes.buffer, `${spaces} spaces`).to.equal(isView);
    }
  });

  it('reads a part of a larger buffer, as Node hands them out', () => {
    const bytes = file(`{"t":${tensor('F64', '[1]', '[0,8]')}}`, 8);
    new DataView(bytes.buffer).setFloat64(bytes.length - 8, Math.PI, true);
    for (const shift of [1, 2, 3, 8]) {
      const part = Buffer.concat([new Uint8Array(shift), bytes]).subarray(shift);
      expect(parseSafetensors(part).get('t')?.data[0]).to.equal(Math.PI);
    }
  });

  it('proves a header without the data and says where they lie', () => {
    const bytes = file(
      `{"__metadata__":{"format":"pt"},"b":${tensor('F16', '[3]', '[4,10]')},"a":${tensor('U8', '[4]', '[0,4]')}}`,
      10,
    );
    const end = headerEnd(bytes.subarray(0, 8), bytes.length);
    expect(end).to.equal(bytes.length - 10);
    const { tensors, metadata } = parseHeader(bytes.subarray(0, end), bytes.length);
    expect(tensors.get('b')).to.deep.equal({ dtype: 'F16', shape: [3], begin: end + 4, end: end + 10 });
    expect([...metadata]).to.deep.equal([['format', 'pt']]);
    expect(() => parseHeader(bytes.subarray(0, end), bytes.length + 1)).to.throw(CheckpointError, /cover 10 bytes/);
    expect(() => parseHeader(bytes.subarray(0, end - 1), bytes.length)).to.throw(CheckpointError, /takes/);
  });

  it('refuses a header above 100 MB before it reads it', () => {
    const start = new Uint8Array(8);
    new DataView(start.buffer).setBigUint64(0, 100_000_001n, true);
    expect(() => headerEnd(start, 1e12))
      .to.throw(CheckpointError, /100000001/)
      .with.property('code', 'bad-safetensors');
  });

  for (const [text, code] of [
    ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n', 'lfs-pointer'],
    ['<!DOCTYPE html>\n<html><body>Not found</body></html>', 'html-instead-of-weights'],
    ['\n  <html lang="en"><head>', 'html-instead-of-weights'],
    ['PK\x03\x04\x00\x00\x08\x08archive/data.pkl', 'pickle-refused'],
    ['\x80\x02}q\x00X\x04\x00\x00\x00', 'pickle-refused'],
  ] as const) {
    it(`names ${JSON.stringify(text.slice(0, 20))} as ${code}`, () => {
      const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      expect(() => parseSafetensors(bytes))
        .to.throw(CheckpointError)
        .with.property('code', code);
    });
  }
});
