import { crc32c } from '@aws-crypto/crc32c';
import type { Format, Sample } from '../format.ts';
import type { Span } from '../shardRecord.ts';
import { contentFile } from './contentFile.ts';
import { exampleBytes, type Feature } from './example.ts';
import { pngsOf } from './png.ts';
import { sampleFacts } from './sampleFacts.ts';

/**
 * A file of TFRecord for each shard: a `tf.train.Example` for each sample, whose features are called as in the data sets
 * of TensorFlow.
 *
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord
 */
export const tfrecord: Format = {
  async lay(shard, samples) {
    const parts: Uint8Array[] = [];
    let at = 0;
    const spans = samples.map((sample) => {
      const pngs = pngsOf(sample);
      const example = exampleBytes(featuresOf(sample, pngs));
      const spanOf = (png: Uint8Array): Span => ({
        file: 0,
        at: at + HEAD + Buffer.from(example.buffer, example.byteOffset, example.length).indexOf(png),
        bytes: png.length,
      });
      const found = { picture: spanOf(pngs.picture), ...(pngs.clean ? { clean: spanOf(pngs.clean) } : {}) };
      parts.push(headOf(example.length), example, sumOf(example));
      at += HEAD + example.length + TAIL;
      return found;
    });
    return { files: [contentFile(shard, Buffer.concat(parts), { folder: 'data', ending: '.tfrecord' })], spans };
  },
};

type Pngs = ReturnType<typeof pngsOf>;

const featuresOf = (sample: Sample, { picture, clean }: Pngs): Record<string, Feature> => {
  const { name, shape, label, className, softLabel } = sample;
  const [height, width, channels] = shape;
  return {
    'image/encoded': picture,
    'image/format': 'png',
    'image/filename': name,
    'image/height': { integers: [height] },
    'image/width': { integers: [width] },
    'image/channels': { integers: [channels] },
    'boomerang/record': sampleFacts(sample),
    ...(clean === undefined ? {} : { 'image/clean/encoded': clean }),
    ...(label === undefined ? {} : { 'image/class/label': { integers: [label] } }),
    ...(className === undefined ? {} : { 'image/class/text': className }),
    ...(softLabel === undefined ? {} : { 'image/class/soft': { floats: softLabel } }),
  };
};

/** Bytes before a record: its length and the checksum of that. */
const HEAD = 12;
/** Bytes after a record: its checksum. */
const TAIL = 4;

const headOf = (length: number): Uint8Array => {
  const size = Buffer.alloc(HEAD - TAIL);
  size.writeBigUInt64LE(BigInt(length));
  return Buffer.concat([size, sumOf(size)]);
};

/** A checksum is masked, since one of bytes that hold checksums has little worth. */
const sumOf = (bytes: Uint8Array): Uint8Array => {
  const sum = crc32c(bytes);
  const masked = (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
  const tail = Buffer.alloc(TAIL);
  tail.writeUInt32LE(masked);
  return tail;
};
