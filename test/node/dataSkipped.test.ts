import { symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { skippedText } from '../../src/cli/skippedText.ts';
import { openImages } from '../../src/node/data/openImages.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { type Link, tarOf, zipOf } from './dataArchives.ts';
import { firsts, idx, png, pngsAt, writeFiles } from './dataFiles.ts';

const cls = (label: number | string): Buffer => Buffer.from(`${label}\n`);
const namesOf = ({ skipped }: { skipped: readonly { name: string }[] }): string[] => skipped.map(({ name }) => name);

describe('what is passed over', () => {
  const path = scratchFolder();

  it('is counted and named, in a folder and in archives', async () => {
    const files = {
      'a/0.png': await png(1),
      'a/photo.heic': Buffer.from('x'),
      'b/1.png': await png(2),
      'labels.csv': Buffer.from('x'),
      '.DS_Store': Buffer.from('x'),
      '__MACOSX/a/._0.png': Buffer.from('x'),
      'b/Thumbs.db': Buffer.from('x'),
    };
    writeFiles((name) => path(`set/${name}`), files);
    writeFileSync(path('tar'), tarOf(files));
    writeFileSync(path('zip'), zipOf(files, 'stored'));
    for (const place of ['set', 'tar', 'zip']) {
      const images = await openImages(path(place));
      expect(images.count).to.equal(2);
      expect(namesOf(images)).to.deep.equal(['a/photo.heic', 'labels.csv']);
    }
  });

  it('is said in a line for each reason', () => {
    const why = 'it is no image';
    const skipped = ['1', '2', '3', '4'].map((name) => ({ name, why }));
    const text = skippedText({ skipped: [...skipped, { name: 'x', why: 'broken' }], notes: ['2 of 9 images: turned'] });
    const lines = [
      '  skipped 4 files, 1, 2, 3 and so on: it is no image',
      '  skipped x: broken',
      '  2 of 9 images: turned',
    ];
    expect(text).to.equal(`${lines.join('\n')}\n`);
  });

  it('are no links of a tar: they are followed to what they point at', async () => {
    const links: readonly Link[] = [
      ['Link', 'a/hard.png', 'all/0.png'],
      ['SymbolicLink', 'b/soft.png', '../all/1.png'],
      ['SymbolicLink', 'b/twice.png', 'soft.png'],
      ['SymbolicLink', 'b/lost.png', '../../elsewhere/2.png'],
      ['SymbolicLink', 'b/round.png', 'round.png'],
    ];
    const files = await pngsAt(['./all/0.png', './all/1.png']);
    for (const bytes of [tarOf(files, links), gzipSync(tarOf(files, links))]) {
      writeFileSync(path('links'), bytes);
      const images = await openImages(path('links'));
      expect(firsts(images).sort()).to.deep.equal([1, 1, 2, 2, 2]);
      expect(images.classes).to.deep.equal(['a', 'all', 'b']);
      expect(namesOf(images)).to.deep.equal(['b/lost.png', 'b/round.png']);
    }
  });

  it('are no links of a folder, but those that lead nowhere', async () => {
    writeFiles(path, await pngsAt(['all/cat/0.png', 'all/dog/1.png']));
    writeFiles(path, { 'set/readme.txt': Buffer.from('x') });
    symlinkSync(path('all/cat'), path('set/cat'));
    symlinkSync(path('all/dog'), path('set/dog'));
    symlinkSync(path('nowhere.png'), path('set/lost.png'));
    symlinkSync(path('set'), path('set/round'));
    const images = await openImages(path('set'));
    expect([firsts(images), images.classes]).to.deep.equal([
      [1, 2],
      ['cat', 'dog'],
    ]);
    expect(namesOf(images).sort()).to.deep.equal(['lost.png', 'readme.txt', 'round']);
  });

  it('are the masks of WebDataset, and no names in two parts', async () => {
    const files = {
      '000.cls': cls(1),
      '000.image.png': await png(1),
      '000.seg.png': await png(99),
      '001.png': await png(2),
      '001.depth.png': await png(99),
      '001.cls': cls(0),
      '001.json': Buffer.from('{}'),
    };
    for (const bytes of [tarOf(files), gzipSync(tarOf(files)), zipOf(files, 'deflated')]) {
      writeFileSync(path('shard'), bytes);
      const images = await openImages(path('shard'));
      expect([firsts(images), images.labels, images.classes]).to.deep.equal([
        [1, 2],
        [1, 0],
        ['0', '1'],
      ]);
      expect(namesOf(images)).to.deep.equal(['000.seg.png', '001.depth.png', '001.json']);
    }
  });

  it('is no class: images of which only some have one are refused', async () => {
    writeFileSync(
      path('shard'),
      tarOf({ ...(await pngsAt(['0.png', '1.png', '2.png'])), '0.cls': cls(0), '2.cls': cls(1) }),
    );
    const error = await rejection(openImages(path('shard')));
    expect(error).to.have.property('code', 'missing-labels');
    expect(error.message).to.match(/1 of 3 images.*1\.png/);
  });

  it('is no name with dots in it', async () => {
    writeFileSync(path('shard'), tarOf(await pngsAt(['IMG.2024.01.png', 'IMG.2024.02.png'])));
    expect((await openImages(path('shard'))).count).to.equal(2);
  });

  it('is said where images beside folders keep the others from having classes', async () => {
    writeFiles(path, await pngsAt(['a/0.png', 'b/1.png', 'cover.png']));
    const { labels, notes } = await openImages(path());
    expect(labels).to.equal(undefined);
    expect(notes[0]).to.match(/^no classes: 1 of 3 images, cover\.png/);
  });

  it('is said where there are no labels, or no parts', async () => {
    writeFiles(path, { 'train-images-idx3-ubyte': idx([1, 1, 1], [5]), 'set/a.png': await png(1) });
    const [alone] = (await openImages(path('train-images-idx3-ubyte'))).notes;
    expect(alone).to.match(/^no classes: there is no file of labels beside train-images-idx3-ubyte/);
    expect((await openImages(path('set'), { part: 'test' })).notes[0]).to.match(/^no parts: all images.*"test"/);
    expect((await openImages(path('set'))).notes).to.deep.equal([]);
  });

  it('is a file twice in an archive', async () => {
    const twice = Buffer.concat([
      tarOf({ 'a.png': await png(1) }).subarray(0, -1024),
      tarOf({ 'a.png': await png(2) }),
    ]);
    writeFileSync(path('twice'), twice);
    const images = await openImages(path('twice'));
    expect([firsts(images), namesOf(images)]).to.deep.equal([[1], ['a.png']]);
  });
});

describeShared('files of many kinds', 'cases/data', () => {
  it('are all read where BMP lies beside PNG', async () => {
    const { count, skipped, classes } = await openImages(shared('cases/data/mix'));
    expect([count, skipped, classes]).to.deep.equal([12, [], ['a', 'b']]);
  });

  it('are found under names in two parts', async () => {
    const { count, classes } = await openImages(shared('cases/data/wds3.tar'));
    expect(count).to.equal(6);
    expect(classes).to.have.length.above(1);
  });
});
