import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import sharp from 'sharp';
import { surplusBlocks } from '../../../src/node/copies/blocks/blocks.ts';
import { openImages } from '../../../src/node/data/openImages.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { bmp } from '../bmpFile.ts';
import { tarOf } from '../dataArchives.ts';
import { png, pngsAt, writeFiles } from '../dataFiles.ts';
import { dirty, FORMATS, SECRET } from './dirty.ts';
import { contentsOf, filesIn, isRead, makeCopies, readAll, SALT } from './made.ts';

const KEEP = { names: 'keep' } as const;

describe('copies of pictures', () => {
  const path = scratchFolder();

  for (const format of FORMATS) {
    it(`hold nothing of what identified the originals: ${format}`, async () => {
      const ending = format === 'jpeg' ? 'jpg' : format;
      writeFiles(path, { [`in/a.${ending}`]: await dirty(format, { orientation: 6 }) });
      const { originals } = await makeCopies(path('in'), path('out'), KEEP);
      const bytes = readFileSync(path(`out/a.${ending}`));
      expect(surplusBlocks(format, bytes)).to.deep.equal(['xmp']);
      for (const secret of [SECRET, 'Camera', 'GPS', '2021', 'Exif\0']) {
        expect(bytes.includes(secret), secret).to.equal(false);
      }
      const [original] = await readAll(originals);
      const { width, height, xmpAsString } = await sharp(bytes).metadata();
      if (original && isRead(original)) expect([height, width]).to.deep.equal(original.shape.slice(0, 2));
      if (format === 'jpeg') expect([height, width], 'upright').to.deep.equal([32, 24]);
      expect(xmpAsString).to.include('trainedAlgorithmicMedia').and.not.include('creator');
    });
  }

  it('carry no mark where none is asked for, and say that regions were changed where they were', async () => {
    writeFiles(path, { 'in/a.png': await dirty('png', { hasAlpha: true }) });
    await makeCopies(path('in'), path('out'), { ...KEEP, mark: false });
    const bytes = readFileSync(path('out/a.png'));
    expect(surplusBlocks('png', bytes)).to.deep.equal([]);
    expect((await sharp(bytes).metadata()).hasAlpha).to.equal(false);
  });

  it('lie in the folders of the originals, in their formats, all of one date', async () => {
    const files = {
      'train/x/1.png': await png(1),
      'train/y/2.JPG': await sharp(await png(2))
        .jpeg()
        .toBuffer(),
      'test/x/3.webp': await sharp(await png(3))
        .webp()
        .toBuffer(),
      'test/y/4.tif': await sharp(await png(4))
        .tiff()
        .toBuffer(),
      'test/y/5.avif': await sharp(await png(5))
        .avif()
        .toBuffer(),
      'readme.txt': Buffer.from(SECRET),
    };
    writeFiles((name) => path(`in/${name}`), files);
    const { originals, names } = await makeCopies(path('in'), path('out'), KEEP);
    const expected = Object.keys(files).filter((name) => name !== 'readme.txt');
    expect(filesIn(path('out'))).to.deep.equal(expected.sort());
    expect([...names.values()].sort()).to.deep.equal(expected);
    expect(originals.skipped).to.deep.equal([{ name: 'readme.txt', why: 'it is no image of a format that is read' }]);
    const all = readdirSync(path('out'), { recursive: true, encoding: 'utf8' });
    const dates = new Set(['', ...all].map((name) => statSync(path(join('out', name))).mtimeMs));
    expect([...dates]).to.deep.equal([Date.UTC(1980, 0, 1)]);
    expect(readdirSync(path()).sort()).to.deep.equal(['in', 'out']);
  });

  it('are PNG where the format of the originals is not written, and people are told', async () => {
    writeFiles(path, {
      'in/a.gif': await sharp(await png(1))
        .gif()
        .toBuffer(),
      'in/a.png': await png(2),
      'in/b.bmp': bmp({ width: 4, height: 4, bits: 24 }, new Uint8Array(48)),
      'in/c.png': await sharp(await png(3))
        .jpeg()
        .toBuffer(),
    });
    const { notes } = await makeCopies(path('in'), path('out'), KEEP);
    expect(filesIn(path('out'))).to.deep.equal(['a-gif.png', 'a.png', 'b.png', 'c.jpg']);
    expect(notes).to.deep.equal(['2 of 4 pictures have become PNG', '1 of 4 pictures have become JPEG']);
    expect(readFileSync(path('out/c.jpg')).subarray(0, 3).toString('hex')).to.equal('ffd8ff');
  });

  it('are in a tar where the originals are, with their classes and nothing of whoever packed it', async () => {
    const files = {
      'a/0.png': await png(1),
      'a/0.cls': Buffer.from('7\n'),
      'a/0.json': Buffer.from(JSON.stringify({ name: SECRET })),
      'a/1.cls': Buffer.from('10'),
      'a/1.png': await png(2),
    };
    for (const kind of ['tar', 'tar.gz'] as const) {
      const pack = kind === 'tar' ? tarOf : (given: typeof files) => gzipSync(tarOf(given));
      writeFileSync(path(`set.${kind}`), pack(files));
      const { originals } = await makeCopies(path(`set.${kind}`), path(`out-${kind}`), KEEP);
      expect(filesIn(path(`out-${kind}`))).to.deep.equal([`set.${kind}`]);
      const copy = await openImages(path(`out-${kind}/set.${kind}`));
      const source = await openImages(path(`set.${kind}`));
      expect([copy.digest, copy.skipped]).to.deep.equal([source.digest, []]);
      expect(originals.skipped.map(({ name }) => name)).to.deep.equal(['a/0.json']);
      const packed = readFileSync(path(`out-${kind}/set.${kind}`));
      const bytes = kind === 'tar' ? packed : gunzipSync(packed);
      expect(bytes.includes(SECRET)).to.equal(false);
      if (kind === 'tar.gz') expect(packed.subarray(4, 10)).to.deep.equal(Buffer.from([0, 0, 0, 0, 0, 255]));
      const [mode, owner, group] = [100, 108, 116].map((at) =>
        bytes.toString('latin1', at, at + 7).replace(/[ \0]/g, ''),
      );
      expect(Number.parseInt(bytes.toString('latin1', 136, 147), 8), 'date').to.equal(Date.UTC(1980, 0, 1) / 1000);
      expect([mode, owner, group].map((text) => Number.parseInt(text ?? '', 8))).to.deep.equal([0o644, 0, 0]);
      expect(
        bytes.subarray(265, 329).every((byte) => byte === 0),
        'names of owners',
      ).to.equal(true);
    }
  });

  it('of one sample share the file of their class', async () => {
    const files = { '7.png': await png(1), '7.image.png': await png(2), '7.cls': Buffer.from('x') };
    writeFiles((name) => path(`in/${name}`), files);
    await makeCopies(path('in'), path('out'), KEEP);
    expect(filesIn(path('out'))).to.deep.equal(Object.keys(files).sort());
    await makeCopies(path('in'), path('numbered'), { names: 'number', salt: SALT });
    expect(filesIn(path('numbered'))).to.deep.equal(['1.cls', '1.png', '2.cls', '2.png']);
  });

  it('are the same bytes in the same order for the same pixels', async () => {
    writeFileSync(path('set.tar'), tarOf(await pngsAt(['x/a.png', 'y/b.png', 'x/c.png'])));
    for (const names of ['keep', 'number', 'hash'] as const) {
      for (const run of ['first', 'second'])
        await makeCopies(path('set.tar'), path(`${names}-${run}`), { names, salt: SALT });
      expect(contentsOf(path(`${names}-first`))).to.deep.equal(contentsOf(path(`${names}-second`)));
    }
  });

  it('leave no trace of what got no copy', async () => {
    writeFiles((name) => path(`in/${name}`), await pngsAt(['x/a.png', 'y/b.png', 'x/c.png', 'z/d.png']));
    const { names } = await makeCopies(path('in'), path('out'), { names: 'number', salt: SALT, without: [2, 3] });
    const numbers = filesIn(path('out')).map((name) => name.split('/').at(-1));
    expect(numbers.sort()).to.deep.equal(['1.png', '2.png']);
    expect(readdirSync(path('out'))).to.deep.equal(['x']);
    expect([...names.keys()].sort()).to.deep.equal([0, 1]);
  });

  it('have the pixels that were given, clipped to what a file holds', async () => {
    writeFiles(path, { 'in/a.png': await png(100) });
    const levels = [-1, 0, 0.25, 0.5, 1, 7];
    const change = ({ pixels }: { readonly pixels: Float32Array }) => pixels.map((_, n) => levels[n % 6] as number);
    await makeCopies(path('in'), path('out'), { ...KEEP, change });
    const { data } = await sharp(path('out/a.png')).raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 6)]).to.deep.equal([0, 0, 64, 128, 255, 255]);
  });
});
