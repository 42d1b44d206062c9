import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import sharp from 'sharp';
import { openOriginals } from '../../../src/node/copies/originals.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { tarOf, zipOf } from '../dataArchives.ts';
import { png, pngsAt, writeFiles } from '../dataFiles.ts';
import { isRead, readAll } from './made.ts';

const PATHS = ['test/x/5.png', 'test/y/6.png', 'train/x/1.png', 'train/x/2.png', 'train/y/3.png'];

describe('originals', () => {
  const path = scratchFolder();
  const firstsOf = async (...asked: Parameters<typeof readAll>): Promise<[number, number][]> =>
    (await readAll(...asked))
      .filter(isRead)
      .map(({ place, pixels }) => [place, Math.round(255 * (pixels[0] as number))]);

  it('are the images of all parts, with their folders and classes', async () => {
    writeFiles((name) => path(`in/${name}`), await pngsAt(PATHS));
    const originals = await openOriginals(path('in'));
    expect(originals).to.deep.include({ count: 5, classes: ['x', 'y'] });
    const found = (await readAll(originals)).filter(isRead);
    expect(found.map(({ name }) => name)).to.deep.equal(PATHS);
    expect(found.map(({ className }) => className)).to.deep.equal(['x', 'y', 'x', 'x', 'y']);
    expect(found.map(({ folder }) => folder)).to.deep.equal(PATHS.map((name) => name.slice(0, name.lastIndexOf('/'))));
    const { layout } = originals;
    const parts = layout.content === 'pictures' ? layout.pictures.map(({ isPart }) => isPart) : [];
    expect(parts).to.deep.equal(PATHS.map(() => [true, false]));
  });

  it('know which folders are parts, wherever they lie', async () => {
    const paths = ['x/test/1.png', 'x/train/2.png', 'y/test/3.png', 'y/train/4.png'];
    writeFiles((name) => path(`in/${name}`), await pngsAt(paths));
    const { layout, classes } = await openOriginals(path('in'));
    const parts = layout.content === 'pictures' ? layout.pictures.map(({ isPart }) => isPart) : [];
    expect(parts).to.deep.equal(paths.map(() => [false, true]));
    expect(classes).to.deep.equal(['x', 'y']);
  });

  for (const kind of ['folder', 'tar', 'zip'] as const) {
    it(`are read again at the same places: ${kind}`, async () => {
      const files = await pngsAt(PATHS);
      if (kind === 'folder') writeFiles((name) => path(`in/${name}`), files);
      else writeFileSync(path('in'), kind === 'tar' ? tarOf(files) : zipOf(files, 'deflated'));
      const originals = await openOriginals(path('in'));
      expect(originals.layout).to.deep.include({ container: kind, content: 'pictures' });
      const all = await firstsOf(originals);
      expect(all).to.deep.equal(PATHS.map((_, n) => [n, n + 1]));
      expect(await firstsOf(originals)).to.deep.equal(all);
      expect(await firstsOf(originals, [4, 1])).to.deep.equal([all[1], all[4]]);
      expect(await firstsOf(originals, [])).to.deep.equal([]);
    });
  }

  it('keep the places of links in an archive', async () => {
    const files = await pngsAt(['a.png', 'b.png']);
    writeFileSync(path('in.tar'), tarOf(files, [['Link', 'c.png', 'a.png']]));
    const originals = await openOriginals(path('in.tar'));
    const { layout } = originals;
    const names = layout.content === 'pictures' ? layout.pictures.map((file) => file.path) : [];
    const found = (await readAll(originals)).filter(isRead);
    expect(found).to.have.length(3);
    for (const { place, name } of found) expect(names[place]).to.equal(name);
    expect((await readAll(originals, [names.indexOf('c.png')])).map(({ name }) => name)).to.deep.equal(['c.png']);
  });

  it('are of their own size each, upright, without alpha channel, and say what was done', async () => {
    const wide = sharp(new Uint16Array(16).fill(500), { raw: { width: 4, height: 4, channels: 1 } });
    writeFiles(path, {
      'in/a.png': await png(200, { width: 6, height: 3, channels: 4 }),
      'in/b.jpg': await sharp(await png(9, { width: 6, height: 3 }))
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer(),
      'in/c.png': await wide.toColourspace('grey16').png().toBuffer(),
    });
    const found = (await readAll(await openOriginals(path('in')))).filter(isRead);
    expect(found.map(({ shape }) => shape)).to.deep.equal([
      [3, 6, 3],
      [6, 3, 3],
      [4, 4, 1],
    ]);
    expect(found.map(({ changes }) => changes)).to.deep.equal([
      ['what was transparent was made white'],
      [],
      ['16 bits a channel become 8'],
    ]);
    expect(found.map(({ format }) => format)).to.deep.equal(['png', 'jpeg', 'png']);
    expect(found[2]?.pixels[0]).to.be.closeTo(500 / 65535, 1e-6);
  });

  it('that cannot be read are told at their places', async () => {
    writeFiles(path, { 'in/a.png': await png(1), 'in/b.png': Buffer.from('no image'), 'in/c.png': await png(3) });
    const originals = await openOriginals(path('in'));
    expect(originals.count).to.equal(3);
    const [, fault, third] = await readAll(originals);
    expect(fault).to.deep.include({ place: 1, name: 'b.png' });
    expect(fault)
      .to.have.property('fault')
      .that.matches(/^it is none of PNG/);
    expect(third).to.deep.include({ place: 2, name: 'c.png' });
  });

  it('are asked for what folders are where that cannot be told', async () => {
    writeFiles(path, await pngsAt(['in/train/1.png', 'in/test/2.png', 'in/apple/3.png']));
    expect(await rejection(openOriginals(path('in')))).to.have.property('code', 'ambiguous-parts');
    expect((await openOriginals(path('in'), { folders: 'classes' })).classes).to.deep.equal(['apple', 'test', 'train']);
    const wrong: readonly [object, string][] = [
      [{ folders: 'class' }, 'unknown-folders'],
      [{ part: 'test' }, 'unknown-option'],
    ];
    for (const [options, code] of wrong) {
      expect(await rejection(openOriginals(path('in'), options))).to.have.property('code', code);
    }
    const parts = await openOriginals(path('in'), { folders: 'parts' });
    expect(parts.count, 'those in no part too').to.equal(3);
  });
});
