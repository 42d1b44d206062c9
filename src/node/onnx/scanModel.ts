import type { FileHandle } from 'node:fs/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ModelProtoSchema, StringStringEntryProtoSchema } from 'onnx-buf';

const METADATA = ModelProtoSchema.field['metadataProps']?.number;
const LONGEST_HEAD = 15; // bytes: a tag of 5 and a length or number of 10

/**
 * The metadata of an ONNX file. Its graph, which may hold gigabytes of weights, is passed over without being read.
 *
 * @throws Error for what is no such file.
 */
export const scanMetadata = async (handle: FileHandle, size: number): Promise<ReadonlyMap<string, string>> => {
  const metadata = new Map<string, string>();
  let at = 0;
  while (at < size) {
    const head = new BinaryReader(await readAt(handle, at, Math.min(LONGEST_HEAD, size - at)));
    const [field, type] = head.tag();
    if (type === WireType.LengthDelimited) {
      const length = head.uint32();
      const start = at + head.pos;
      if (start + length > size) throw new Error(`a field of ${length} bytes goes beyond the end of the file`);
      if (field === METADATA) {
        const { key, value } = fromBinary(StringStringEntryProtoSchema, await readAt(handle, start, length));
        metadata.set(key, value);
      }
      at = start + length;
    } else {
      head.skip(type);
      at += head.pos;
    }
  }
  return metadata;
};

const readAt = async (handle: FileHandle, at: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
};
