import { expect } from 'chai';
import { decode } from 'fast-png';
import type { FormatName, Laid, Sample } from '../../../src/node/runs/format.ts';
import { formatOf } from '../../../src/node/runs/formats/index.ts';
import type { Span } from '../../../src/node/runs/shardRecord.ts';
import { rejection } from '../../support/scratch.ts';
import { type Kind, samplesOf, shard } from './samples.ts';

const FORMATS: readonly FormatName[] = ['webdataset', 'folder', 'tfrecord', 'idx'];
const KINDS: readonly Kind[] = [
  { channels: 1 },
  { channels: 3 },
  { channels: 1, labelled: false },
  { channels: 3, original: true },
  { channels: 1, pair: true },
  { channels: 3, pair: true, labelled: false },
  { channels: 1, soft: true },
  { channels: 3, pair: true, soft: true },
];
const named = (kind: Kind): string => JSON.stringify(kind).replaceAll('"', '');

const pixelsAt = ({ files }: Laid, { file, at, bytes, raw }: Span): number[] => {
  const found = files[file]?.bytes.subarray(at, at + bytes) as Uint8Array;
  return [...(raw ? found : decode(found, { checkCrc: true }).data)];
};

/**
 * Of files of a pair in colour, by their contents. Those of this content were read by others: the tar by Python's
 * tarfile, the TFRecord by `tfrecord` 0.2.0 of npm, which checks the checksums.
 */
const NAMES: Readonly<Record<FormatName, readonly string[]>> = {
  webdataset: ['data/00000512-v1-7fec9ab4924e.tar'],
  tfrecord: ['data/00000512-v1-aaf7a3c36e19.tfrecord'],
  idx: [
    'pieces/00000512-v1-8be4a72acd6d-images',
    'pieces/00000512-v1-52ed6eb72921-clean-images',
    'pieces/00000512-v1-95a52fbc37d8-labels',
    'records/00000512-v1-d53386d57a51.jsonl',
  ],
  folder: [
    'clean/ash/00000510-v1-e4f2c3da.png',
    'variant/ash/00000510-v1-62b72bad.png',
    'clean/oak/00000511-v1-ed5cb024.png',
    'variant/oak/00000511-v1-ed5cb024.png',
    'clean/Bäume%2Falle/00000512-v1-d0127160.png',
    'variant/Bäume%2Falle/00000512-v1-c8824fb9.png',
    'records/00000512-v1-d53386d57a51.jsonl',
  ],
};

describe('formats of runs', () => {
  for (const format of FORMATS) {
    for (const kind of KINDS.filter(({ soft }) => !soft || format !== 'idx')) {
      it(`${format} says to the byte where the pictures of samples lie: ${named(kind)}`, async () => {
        const samples = samplesOf(kind);
        const laid = await formatOf(format).lay(shard, samples);
        expect(laid.spans).to.have.length(samples.length);
        for (const [n, sample] of samples.entries()) {
          const { picture, clean } = laid.spans[n] as Laid['spans'][number];
          expect(pixelsAt(laid, picture)).to.deep.equal([...sample.pixels]);
          expect(clean && pixelsAt(laid, clean)).to.deep.equal(sample.clean && [...sample.clean]);
        }
      });
    }

    it(`${format} gives equal samples equal files, and others other names`, async () => {
      const lay = (samples: readonly Sample[]) => formatOf(format).lay(shard, samples);
      const samples = samplesOf({ channels: 3, pair: true });
      const [laid, again] = [await lay(samples), await lay(samplesOf({ channels: 3, pair: true }))];
      expect(again).to.deep.equal(laid);
      const other = await lay(samples.map((one) => ({ ...one, pixels: one.pixels.map((value) => 255 - value) })));
      const picturesIn = ({ files, spans }: Laid) => spans.map(({ picture }) => files[picture.file]?.name);
      for (const name of picturesIn(other)) expect(picturesIn(laid)).to.not.include(name);
    });

    it(`${format} gives the same bytes on every machine`, async () => {
      const { files } = await formatOf(format).lay(shard, samplesOf({ channels: 3, pair: true }));
      expect(files.map(({ name }) => name)).to.deep.equal(NAMES[format]);
    });

    it(`${format} lays out a shard of which every image failed`, async () => {
      expect((await formatOf(format).lay(shard, [])).spans).to.deep.equal([]);
    });
  }

  const refused: Readonly<
    Record<string, readonly [FormatName, (samples: readonly Sample[]) => readonly Sample[], RegExp]>
  > = {
    'soft labels in IDX': [
      'idx',
      () => samplesOf({ channels: 1, soft: true }),
      /no shares.*webdataset, tfrecord or folder/,
    ],
    'a label above 255 in IDX': ['idx', ([one]) => [{ ...(one as Sample), label: 256 }], /up to 255.* has 256/],
    'several sizes in IDX': [
      'idx',
      ([one, ...others]) => [{ ...(one as Sample), shape: [4, 5, 1] }, ...others],
      /is 5 x 4 x 1 where 00000510-v1 is 4 x 5 x 1/,
    ],
    'labels of some in IDX': [
      'idx',
      ([one, ...others]) => [one as Sample, ...others.map(({ label: _, ...rest }) => rest)],
      /a label for each image, or none/,
    ],
    'pairs of some in IDX': [
      'idx',
      ([one, ...others]) => [{ ...(one as Sample), clean: (one as Sample).pixels }, ...others],
      /pairs, or none/,
    ],
    'two channels in a PNG': ['folder', ([one]) => [{ ...(one as Sample), shape: [5, 2, 2] }], /has 2/],
  };
  for (const [name, [format, samples, words]] of Object.entries(refused)) {
    it(`refuses ${name}`, async () => {
      const error = await rejection(formatOf(format).lay(shard, samples(samplesOf({ channels: 1 }))));
      expect(error.message).to.match(words);
      expect(error.code).to.equal('bad-format');
    });
  }

  it('knows no other', () => {
    expect(() => formatOf('zip'))
      .to.throw(/"zip"; choose one of/)
      .with.property('code', 'unknown-format');
  });
});
