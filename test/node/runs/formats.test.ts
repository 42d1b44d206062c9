import { expect } from 'chai';
import { decode } from 'fast-png';
import type { FormatName, Laid, Sample } from '../../../src/node/runs/format.ts';
import { formatOf } from '../../../src/node/runs/formats/index.ts';
import type { Span } from '../../../src/node/runs/shardRecord.ts';
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

    it(`${format} lays out a shard of which every image failed`, async () => {
      expect((await formatOf(format).lay(shard, [])).spans).to.deep.equal([]);
    });
  }

  it('knows no other', () => {
    expect(() => formatOf('zip'))
      .to.throw(/"zip"; choose one of/)
      .with.property('code', 'unknown-format');
  });
});
