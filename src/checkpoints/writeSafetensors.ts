import { ArgumentError } from '../errors.ts';
import { DTYPES, type StoredTensor } from './dtypes.ts';
import { readHeader } from './safetensorsHeader.ts';

const LENGTH_BYTES = 8;

/**
 * A safetensors file. Like the reference writer's: larger elements first, then by name, so that every tensor is
 * aligned; the header is padded with spaces to a multiple of 8 bytes.
 *
 * @throws ArgumentError `bad-tensor` where data are not what type and shape say, or a name may not be used.
 */
export const writeSafetensors = (
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array => {
  for (const [name, tensor] of tensors) checkTensor(name, tensor);
  const bits = ({ dtype }: StoredTensor): number => DTYPES[dtype].bits;
  const sorted = [...tensors].sort(([a, x], [b, y]) => bits(y) - bits(x) || (a < b ? -1 : 1));
  const header = encodeHeader(sorted, metadata);
  const dataLength = sorted.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  const bytes = new Uint8Array(LENGTH_BYTES + header.byteLength + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  bytes.set(header, LENGTH_BYTES);
  let offset = LENGTH_BYTES + header.byteLength;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
};

const checkTensor = (name: string, { dtype, shape, data }: StoredTensor): void => {
  const { array, bits } = DTYPES[dtype];
  const size = shape.reduce((product, length) => product * length, 1);
  if (name === '__metadata__') throw new ArgumentError('bad-tensor', 'a tensor may not be called "__metadata__"');
  if (!(data instanceof array) || size * bits !== data.byteLength * 8) {
    const takes = `a ${array.name} of ${(size * bits) / 8} bytes`;
    const has = `${data.constructor.name} of ${data.byteLength}`;
    throw new ArgumentError('bad-tensor', `tensor "${name}" (${dtype} [${shape}]) needs ${takes}, got ${has}`);
  }
};

const encodeHeader = (
  tensors: readonly (readonly [string, StoredTensor])[],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array => {
  let offset = 0;
  const members = tensors.map(([name, { dtype, shape, data }]) => {
    const data_offsets = [offset, offset + data.byteLength];
    offset += data.byteLength;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets })}`; // an object would reorder "1"
  });
  if (metadata !== undefined) members.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const text = `{${members.join(',')}}`;
  try {
    readHeader(text, 0, offset); // what we write, we read
  } catch (cause) {
    throw new ArgumentError('bad-tensor', 'these names or metadata cannot stand in a safetensors file', { cause });
  }
  const header = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil(header.byteLength / LENGTH_BYTES) * LENGTH_BYTES).fill(0x20);
  padded.set(header);
  return padded;
};
