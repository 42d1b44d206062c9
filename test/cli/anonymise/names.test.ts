import { expect } from 'chai';
import { openOriginals } from '../../../src/node/copies/originals.ts';
import { isRead, readAll } from '../../node/copies/made.ts';
import { writeFiles } from '../../node/dataFiles.ts';
import { runInProcess } from '../../support/cli.ts';
import { classFolders, peopleFolders } from './dataSets.ts';
import { bytesBelow, looksLike, trial } from './trial.ts';

describe('boomerang anonymise, as it calls its copies,', () => {
  const { path, parts, argv, run } = trial();

  /** Paths of the copies. */
  const named = async (files: Record<string, Buffer>, ...more: readonly string[]): Promise<readonly string[]> => {
    writeFiles((name) => path(`in/${name}`), files);
    const { status, stderr } = await run('in', '--key', parts.key, ...more);
    expect(status, stderr).to.equal(0);
    return [...bytesBelow(path('out')).keys()].filter((name) => name !== 'manifest.json');
  };

  const PEOPLE: Readonly<Record<string, readonly [folder: RegExp, file: RegExp]>> = {
    keep: [/^anna-[0-5]$/, /^holiday-\d+\.png$/],
    number: [/^[1-6]$/, /^(0[1-9]|1[0-2])\.png$/],
    hash: [/^[0-9a-f]{16}$/, /^[0-9a-f]{16}\.png$/],
  };
  for (const [how, [folder, file]] of Object.entries(PEOPLE)) {
    it(`with --names ${how} gives each person a folder, and each picture a name`, async () => {
      const paths = await named(await peopleFolders(), '--people', 'folders', '--names', how);
      const parted = paths.map((name) => name.split('/') as [string, string]);
      expect(parted).to.have.length(12);
      for (const [person, name] of parted) {
        expect(person).to.match(folder);
        expect(name).to.match(file);
      }
      const copies = (await readAll(await openOriginals(path('out')))).filter(isRead);
      const kinds = new Map<string, Set<number>>();
      for (const one of copies)
        kinds.set(one.folder, (kinds.get(one.folder) ?? new Set<number>()).add(looksLike(one.pixels)));
      expect(kinds.size).to.equal(6);
      for (const [person, looks] of kinds) expect(looks.size, `${person} is one person`).to.equal(1);
    });
  }

  for (const [how, file] of [
    ['keep', /^class-[01]\/holiday-\d+\.png$/],
    ['number', /^class-[01]\/\d\d\.png$/],
    ['hash', /^class-[01]\/[0-9a-f]{16}\.png$/],
  ] as const) {
    it(`with --names ${how} leaves classes their names`, async () => {
      const paths = await named(await classFolders(), '--names', how);
      expect(paths).to.have.length(12);
      for (const name of paths) expect(name).to.match(file);
    });
  }

  it('calls them in an order that another secret changes, and takes people in two parts for the same', async () => {
    const files = await peopleFolders();
    const parted = Object.fromEntries(
      Object.entries(files).map(([name, bytes], n) => [`${n < 6 ? 'train' : 'test'}/${name}`, bytes]),
    );
    const paths = await named(parted, '--people', 'folders');
    const people = (part: string) =>
      new Set(paths.filter((one) => one.startsWith(part)).map((one) => one.split('/')[1]));
    expect([...people('train')].sort()).to.deep.equal([...people('test')].sort());
    const { stdout } = await runInProcess([
      ...argv('in', '--people', 'folders', '--json'),
      ...['--out', path('other'), '--key', parts.otherKey],
    ]);
    const { split } = JSON.parse(stdout);
    expect(split.choosing.people + split.judging.people, 'people').to.equal(6);
    const copies = async (out: string) =>
      (await readAll(await openOriginals(path(out)))).filter(isRead).map(({ pixels }) => looksLike(pixels));
    expect(await copies('other')).to.not.deep.equal(await copies('out'));
  });
});
