import { decode } from 'fast-png';
import type { ImageShape } from '../../../tensors/noise.ts';
import type { Span } from '../shardRecord.ts';
import type { Reading } from './reading.ts';
import { damaged, type OpenShard } from './shardReader.ts';

export type Pictured = { readonly shape: ImageShape; readonly span: Span; readonly place: string };

/**
 * The pixels at a span of a shard.
 *
 * @returns `height * width * channels` bytes.
 * @throws EnvironmentError `damaged-run`
 */
export function* readPicture({ files }: OpenShard, { shape, span, place }: Pictured): Reading<Uint8Array> {
  const { name, at = 0 } = files[span.file] as OpenShard['files'][number];
  const bytes = yield { name, span: { at: at + span.at, bytes: span.bytes } };
  if (bytes === undefined) throw damaged(place, name, { why: 'it is not there' });
  if (bytes.length < span.bytes) throw damaged(place, name, { why: 'it ends too early' });
  const pixels = span.raw ? bytes : pngPixels(bytes, place, name);
  const [height, width, channels] = shape;
  if (pixels.length === height * width * channels) return pixels;
  throw damaged(place, name, { why: `a picture of ${shape.join(' x ')} has ${pixels.length} values` });
}

const pngPixels = (bytes: Uint8Array, place: string, name: string): Uint8Array => {
  try {
    const { data } = decode(bytes, { checkCrc: true });
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  } catch (cause) {
    throw damaged(place, name, { why: cause instanceof Error ? cause.message : String(cause), cause });
  }
};
