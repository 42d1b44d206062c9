import { CheckpointError } from '../errors.ts';
import { type ArrayKind, DTYPES, type StoredTensor, type TensorData } from './dtypes.ts';
import { bad, readHeader, type SafetensorsHeader, type TensorPlace } from './safetensorsHeader.ts';
import { standInAt } from './standIns.ts';

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Where the header of a safetensors file ends and its data begin, in bytes: read that much, no more, to parse it.
 *
 * @param start at least the first 8 bytes of the file; more of them make a better message.
 * @param fileLength length of the whole file in bytes.
 * @throws CheckpointError `bad-safetensors`, `lfs-pointer`, `html-instead-of-weights`, `pickle-refused`.
 */
export const headerEnd = (start: Uint8Array, fileLength: number): number => {
  if (fileLength < LENGTH_BYTES || start.byteLength < LENGTH_BYTES) {
    throw bad(`${fileLength} bytes are too few for the length of a header, which takes ${LENGTH_BYTES}`);
  }
  const claimed = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (claimed > BigInt(Math.min(MAX_HEADER_BYTES, fileLength - LENGTH_BYTES))) throw notSafetensors(start, claimed);
  return LENGTH_BYTES + Number(claimed);
};

/**
 * The header of a file that need not be in memory.
 *
 * @param start the first bytes of the file, at least {@link headerEnd} of them.
 * @param fileLength length of the whole file in bytes.
 * @returns name, type, shape and place in the file of every tensor; the places fill the file without holes.
 * @throws CheckpointError `bad-safetensors`, `lfs-pointer`, `html-instead-of-weights`, `pickle-refused`.
 */
export const parseHeader = (start: Uint8Array, fileLength: number): SafetensorsHeader => {
  const end = headerEnd(start, fileLength);
  if (start.byteLength < end) throw bad(`the header takes ${end} bytes, got ${start.byteLength}`);
  return readHeader(decodeUtf8(start.subarray(LENGTH_BYTES, end)), end, fileLength);
};

/**
 * The tensors of a safetensors file, in the order of its header.
 *
 * @param bytes the whole file. Data are views of it where their alignment allows, copies elsewhere.
 * @throws CheckpointError `bad-safetensors`, `lfs-pointer`, `html-instead-of-weights`, `pickle-refused`.
 */
export const parseSafetensors = (bytes: Uint8Array): Map<string, StoredTensor> => {
  const { tensors } = parseHeader(bytes, bytes.byteLength);
  const stored = ([name, place]: [string, TensorPlace]): [string, StoredTensor] => [
    name,
    { dtype: place.dtype, shape: place.shape, data: dataAt(bytes, place) },
  ];
  return new Map([...tensors].map(stored));
};

/** Little-endian, like every machine that runs JavaScript engines today. */
const dataAt = (bytes: Uint8Array, { dtype, begin, end }: TensorPlace): TensorData => {
  const View: ArrayKind = DTYPES[dtype].array;
  const part = bytes.subarray(begin, end);
  const isAligned = part.byteOffset % View.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? part : new Uint8Array(part); // a Buffer's slice is no copy
  return new View(buffer, byteOffset, byteLength / View.BYTES_PER_ELEMENT);
};

const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw bad('the header is not UTF-8', cause);
  }
};

/** Text and archives make an impossible header length of their first eight bytes: say what they are instead. */
const notSafetensors = (start: Uint8Array, claimed: bigint): CheckpointError => {
  const standIn = standInAt(start);
  if (standIn !== undefined) return standIn;
  const text = String.fromCharCode(...start.subarray(0, 4)).toLowerCase();
  if (text.startsWith('pk\x03\x04') || text.startsWith('\x80')) {
    const message = 'a PyTorch pickle stands in place of the weights and may run code; save them as safetensors';
    return new CheckpointError('pickle-refused', message);
  }
  return bad(`its header claims ${claimed} bytes, more than the file holds or the limit of ${MAX_HEADER_BYTES}`);
};
