import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { CopyOptions } from '../../../src/node/copies/copyOptions.ts';
import { openCopies } from '../../../src/node/copies/openCopies.ts';
import { type Original, openOriginals } from '../../../src/node/copies/originals.ts';
import { openPieces } from '../../../src/node/copies/pieces.ts';
import { writeCopy } from '../../../src/node/copies/writeCopy.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { tarOf, zipOf } from '../dataArchives.ts';
import { idx, pngsAt, writeFiles } from '../dataFiles.ts';
import { contentsOf, filesIn, isRead, makeCopies, readAll, SALT } from './made.ts';

const PATHS = ['x/a.png', 'x/b.png', 'y/c.png', 'y/d.png'];

describe('openCopies', () => {
  const path = scratchFolder();
  const open = async (options: Partial<CopyOptions> = {}, output = path('out')) =>
    openCopies(output, { originals: await openOriginals(path('in')), names: 'keep', ...options });
  const originalsOf = async (): Promise<Original[]> => (await readAll(await openOriginals(path('in')))).filter(isRead);
  beforeEach(async () => writeFiles((name) => path(`in/${name}`), await pngsAt(PATHS)));

  it('goes on where it was ended, and makes the same bytes', async () => {
    const all = await originalsOf();
    for (const names of ['keep', 'number'] as const) {
      await makeCopies(path('in'), path(`whole-${names}`), { names, salt: SALT });
      const first = await open({ names, salt: SALT }, path(`out-${names}`));
      for (const original of all.slice(0, 2)) await first.write(original, original.pixels);
      await first.close(); // a lock of a process that was killed is removed by the next
      const second = await open({ names, salt: SALT }, path(`out-${names}`));
      expect(await Promise.all(all.map(({ place }) => second.has(place)))).to.deep.equal([true, true, false, false]);
      for (const original of all.slice(1)) await second.write(original, original.pixels);
      await second.finish([3, 1, 0, 2]);
      expect(contentsOf(path(`out-${names}`))).to.deep.equal(contentsOf(path(`whole-${names}`)));
    }
  });

  it('shows nothing at the place of the output until all is there', async () => {
    const copies = await open();
    for (const original of await originalsOf()) await copies.write(original, original.pixels);
    expect(existsSync(path('out'))).to.equal(false);
    expect(copies.work).to.equal(path('out.part'));
    await copies.finish([0, 1, 2, 3], [{ path: 'manifest.json', content: Buffer.from('{}') }]);
    expect(filesIn(path('out'))).to.deep.equal(['manifest.json', ...PATHS]);
    expect(readdirSync(path()).sort()).to.deep.equal(['in', 'out']);
  });

  it('tells where copies will be before they are in place, and puts them there only if that was well', async () => {
    const copies = await open();
    for (const original of await originalsOf()) await copies.write(original, original.pixels);
    const told: unknown[] = [];
    const error = await rejection(
      copies.finish([0, 2], [], async (names) => {
        told.push([...names], existsSync(path('out')));
        throw new Error('no room for a list of them');
      }),
    );
    expect(error.message).to.equal('no room for a list of them');
    expect(told).to.deep.equal([
      [
        [0, 'x/a.png'],
        [2, 'y/c.png'],
      ],
      false,
    ]);
    expect(existsSync(path('out'))).to.equal(false);
    await copies.finish([0, 2]);
    expect(filesIn(path('out'))).to.deep.equal(['x/a.png', 'y/c.png']);
  });

  it('leaves to its caller what that keeps in the work folder', async () => {
    writeFileSync(path('in.tar'), tarOf(await pngsAt(PATHS)));
    const copies = await open({ originals: await openOriginals(path('in.tar')) });
    expect(statSync(copies.work).mode & 0o777).to.equal(0o700);
    writeFileSync(`${copies.work}/journal`, 'mine');
    for (const original of await originalsOf()) await copies.write(original, original.pixels);
    await copies.finish([0]);
    expect(readdirSync(copies.work)).to.deep.equal(['journal']);
  });

  it('takes the copies of the places that are named and no other, and puts them into an empty folder', async () => {
    mkdirSync(path('out'));
    const copies = await open();
    for (const original of await originalsOf()) await copies.write(original, original.pixels);
    await copies.finish([0, 0, 3]);
    expect(filesIn(path('out'))).to.deep.equal(['x/a.png', 'y/d.png']);
  });

  it('takes what an earlier end left half done out of the way', async () => {
    const copies = await open();
    for (const original of await originalsOf()) await copies.write(original, original.pixels);
    writeFiles((name) => `${copies.work}/${name}`, {
      'out/x/a.png': Buffer.from('half'),
      'out/stale.png': Buffer.from('x'),
    });
    await copies.finish([0, 1]);
    expect(filesIn(path('out'))).to.deep.equal(['x/a.png', 'x/b.png']);
  });

  it('writes copies in the order of the originals, in whichever they are named', async () => {
    writeFileSync(path('in.tar'), tarOf(await pngsAt(PATHS)));
    for (const [name, places] of [
      ['a', [0, 1, 2, 3]],
      ['b', [3, 1, 0, 2]],
    ] as const) {
      const copies = await open({ originals: await openOriginals(path('in.tar')) }, path(name));
      for (const original of await originalsOf()) await copies.write(original, original.pixels);
      await copies.finish(places);
    }
    expect(contentsOf(path('a'))).to.deep.equal(contentsOf(path('b')));
  });

  it('refuses to put something else where a copy is, and a place below a file', async () => {
    const copies = await open();
    for (const original of await originalsOf()) await copies.write(original, original.pixels);
    const error = await rejection(copies.finish([0], [{ path: 'x/a.png', content: new Uint8Array() }]));
    expect(error).to.have.property('code', 'bad-output');
    await copies.finish([0]);
    writeFileSync(path('file'), '');
    expect(await rejection(open({}, path('file/out')))).to.have.property('code', 'bad-output');
  });

  it('sees where the disk gives other bytes back than were written', async () => {
    const originals = await openOriginals(path('in'));
    const pieces = openPieces(path('pieces'));
    const faulty = {
      ...pieces,
      write: async (...asked: Parameters<typeof pieces.write>) => (await pieces.write(...asked)).fill(0),
    };
    const [original] = (await originalsOf()) as [Original];
    const copy = { original, pixels: original.pixels, mark: 'whole' } as const;
    await writeCopy(copy, { originals }, pieces);
    expect(await rejection(writeCopy(copy, { originals }, faulty))).to.have.property('code', 'bad-copy');
    writeFiles(path, { 'many/train-images-idx3-ubyte': idx([1, 2, 2], [1, 2, 3, 4]) });
    const many = await openOriginals(path('many'));
    const [one] = (await readAll(many)) as [Original];
    const second = { original: one, pixels: one.pixels, mark: 'whole' } as const;
    expect(await rejection(writeCopy(second, { originals: many }, faulty))).to.have.property('code', 'bad-copy');
  });

  it('does not touch the originals', async () => {
    const before = contentsOf(path('in'));
    await makeCopies(path('in'), path('out'), {
      names: 'keep',
      change: ({ pixels }) => pixels.map((value) => 1 - value),
    });
    expect(contentsOf(path('in'))).to.deep.equal(before);
    expect(contentsOf(path('out'))).to.not.deep.equal(before);
  });

  it('refuses to finish without a copy that is named, and without any', async () => {
    const copies = await open();
    const [first] = await originalsOf();
    if (first) await copies.write(first, first.pixels);
    expect(await rejection(copies.finish([0, 2]))).to.have.property('code', 'missing-copy');
    expect(await rejection(copies.finish([]))).to.have.property('code', 'no-copies');
    expect(existsSync(path('out'))).to.equal(false);
    await copies.finish([0]);
  });

  it('does not overwrite what came to its place in the meantime', async () => {
    const copies = await open();
    const [first] = await originalsOf();
    if (first) await copies.write(first, first.pixels);
    writeFiles(path, { 'out/mine': Buffer.from('mine') });
    const error = await rejection(copies.finish([0]));
    expect(error).to.have.property('code', 'bad-output');
    expect(readFileSync(path('out/mine'), 'utf8')).to.equal('mine');
    rmSync(path('out'), { recursive: true });
    await copies.finish([0]);
  });

  const pixels: readonly [title: string, pixels: (own: Float32Array) => Float32Array, words: RegExp][] = [
    ['of another number', (own) => own.subarray(1), /as many as its original, \[4,4,3\], got 47/],
    ['not a number', (own) => own.map((value, n) => (n === 5 ? Number.NaN : value)), /number 5 is NaN/],
    [
      'without end',
      (own) => own.map((value, n) => (n === 7 ? Number.POSITIVE_INFINITY : value)),
      /number 7 is Infinity/,
    ],
  ];
  for (const [title, change, words] of pixels) {
    it(`refuses pixels ${title}, and keeps nothing of them`, async () => {
      const copies = await open();
      const [first] = (await originalsOf()) as [Original];
      const error = await rejection(copies.write(first, change(first.pixels)));
      expect(error).to.have.property('code', 'bad-pixels');
      expect(error.message).to.match(words).and.not.include('\n');
      expect(await copies.has(0)).to.equal(false);
      await copies.close();
    });
  }

  it('refuses images that do not fit into their file of many', async () => {
    writeFiles(path, { 'many/train-images-idx3-ubyte': idx([1, 2, 2], [1, 2, 3, 4]) });
    const originals = await openOriginals(path('many'));
    const copies = await openCopies(path('out'), { originals, names: 'keep' });
    const [first] = (await readAll(originals)) as [Original];
    for (const other of [
      { ...first, shape: [4, 1, 1] },
      { ...first, labels: [1] },
      { ...first, place: 1 },
    ] as const) {
      expect(await rejection(copies.write(other as Original, first.pixels))).to.have.property('code', 'bad-pixels');
    }
    await copies.close();
  });

  it('lets one run at a time into a work folder, and leaves none where nothing was written', async () => {
    const copies = await open({}, path('new/folders/out'));
    expect(await rejection(open({}, path('new/folders/out')))).to.have.property('code', 'in-use');
    mkdirSync(path('usual'));
    expect(statSync(path('new/folders')).mode, 'only the work folder is private').to.equal(
      statSync(path('usual')).mode,
    );
    await copies.close();
    await (await open({}, path('new/folders/out'))).close();
    expect(readdirSync(path('new/folders'))).to.deep.equal([]);
  });

  it('takes no folder of something else for its work folder', async () => {
    writeFiles(path, { 'out.part/out/mine': Buffer.from('mine') });
    expect(await rejection(open())).to.have.property('code', 'output-exists');
    expect(filesIn(path('out.part'))).to.deep.equal(['out/mine']);
  });

  const options: readonly [title: string, options: object, code: string][] = [
    ['names by hash without a salt', { names: 'hash' }, 'bad-salt'],
    ['a salt that can be guessed', { names: 'number', salt: '1234' }, 'bad-salt'],
    ['names of another kind', { names: 'random' }, 'unknown-names'],
    ['options that are not there', { nmaes: 'keep' }, 'unknown-option'],
    ['no originals', { originals: 'in' }, 'bad-originals'],
  ];
  for (const [title, wrong, code] of options) {
    it(`refuses ${title}`, async () => {
      expect(await rejection(open(wrong))).to.have.property('code', code);
      expect(readdirSync(path())).to.deep.equal(['in']);
    });
  }

  it('refuses a zip in one line that says what to do, and a place that is taken', async () => {
    writeFileSync(path('set.zip'), zipOf(await pngsAt(PATHS), 'stored'));
    const originals = await openOriginals(path('set.zip'));
    const error = await rejection(openCopies(path('out'), { originals, names: 'keep' }));
    expect(error).to.have.property('code', 'unsupported-output');
    expect(error.message)
      .to.match(/unpack it first/)
      .and.not.include('\n');
    expect(await rejection(open({}, path('in/out')))).to.have.property('code', 'output-in-input');
    expect(readdirSync(path()).sort()).to.deep.equal(['in', 'set.zip']);
  });
});
