import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { openDisk } from '../../../../src/node/runs/destinations/disk.ts';
import { openDestination } from '../../../../src/node/runs/destinations/openDestination.ts';
import { saidWhile } from '../../../support/said.ts';
import { rejection, scratchFolder } from '../../../support/scratch.ts';
import { destinationContract } from './destinationContract.ts';
import { startWriter } from './startWriter.ts';

const BYTES = new Uint8Array([1, 2, 3]);

describe('a destination on a disk', () => {
  const path = scratchFolder();
  describe('keeps what every destination does: it', () => {
    destinationContract({ place: () => path('out'), isExclusive: true, page: 1000 });
  });

  it('leaves no folder that is empty, and its own', async () => {
    const disk = await openDestination(path('out'));
    await disk.put('data/a/b', BYTES);
    await disk.put('data/c', BYTES);
    await disk.remove('data/a/b');
    expect(readdirSync(path('out/data'))).to.deep.equal(['c']);
    await disk.remove('data/c');
    expect(readdirSync(path('out'))).to.deep.equal([]);
  });

  it('puts into folders that somebody else removes for being empty', async () => {
    let times = 0;
    const disk = await openDisk(path('out'), {
      async link(from, to) {
        if (!isProbe(to) && ++times <= 3) rmSync(dirname(to), { recursive: true, force: true });
        await link(from, to);
      },
    });
    expect(await disk.putNew('pieces/a', BYTES)).to.equal(true);
    expect(times).to.equal(4);
    expect(readdirSync(path('out'))).to.deep.equal(['pieces']);
  });

  it('sweeps away what processes that are gone were writing, of other machines after a day', async () => {
    const disk = await openDestination(path('out'));
    const stuck = startWriter('stream', path('out'));
    await stuck.said('open');
    stuck.go();
    await stuck.said('some parts came');
    const parts = (): string[] => readdirSync(path('out')).sort();
    const [part = ''] = parts();
    await disk.sweep();
    expect(parts(), 'of one that runs').to.deep.equal([part]);
    const other = part.replace(/^\.[0-9a-f]{8}/, '.00000000');
    writeFileSync(path(`out/${other}`), '');
    writeFileSync(path('out/.hidden.part'), "somebody else's");
    await stuck.kill();
    await disk.sweep();
    expect(parts()).to.deep.equal([other, '.hidden.part'].sort());
    const date = new Date(Date.now() - 25 * 3600 * 1000);
    utimesSync(path(`out/${other}`), date, date);
    await disk.sweep();
    expect(parts()).to.deep.equal(['.hidden.part']);
  });

  it('is read where it is, and not made', async () => {
    const readOnly = { isReadOnly: true } as const;
    writeFileSync(path('file'), '');
    for (const place of [path('out'), path('file')]) {
      expect(await rejection(openDestination(place, readOnly))).to.have.property('code', 'bad-destination');
    }
    expect(readdirSync(path())).to.deep.equal(['file']);
    mkdirSync(path('out'));
    writeFileSync(path('out/a'), 'a');
    expect(Buffer.from((await (await openDestination(path('out'), readOnly)).read('a')) ?? []).toString()).to.equal(
      'a',
    );
  });

  it('believes the disk, not a network that says twice what happened once', async () => {
    const twice = async (from: string, to: string): Promise<void> => {
      await link(from, to);
      await link(from, to);
    };
    const disk = await openDisk(path('out'), {
      link: async (from, to) => (isProbe(to) ? link(from, to) : twice(from, to)),
    });
    expect(await disk.putNew('a', BYTES)).to.equal(true);
    expect(await disk.putNew('a', BYTES)).to.equal(false);
  });

  describe('without hard links', () => {
    const refuses = async (): Promise<void> => {
      throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
    };
    const open = () => openDisk(path('out'), { link: refuses });

    it('says so, and still puts whole files, once as far as it can see', async () => {
      let disk = await openDestination(path('out'));
      const said = await saidWhile(async () => {
        disk = await open();
      });
      expect(said).to.have.lengthOf(1);
      expect(said[0]).to.match(/has no hard links \(EPERM\)/);
      expect(disk.isExclusive).to.equal(false);
      expect(await disk.putNew('data/a', BYTES)).to.equal(true);
      expect(await disk.putNew('data/a', new Uint8Array())).to.equal(false);
      expect(readFileSync(path('out/data/a'))).to.deep.equal(Buffer.from(BYTES));
      expect(readdirSync(path('out'))).to.deep.equal(['data']);
    });

    it('leaves nothing beside where two came at once', async () => {
      await saidWhile(async () => {
        const disk = await open();
        await Promise.all(Array.from({ length: 20 }, () => disk.putNew('a', BYTES)));
      });
      expect(readdirSync(path('out'))).to.deep.equal(['a']);
      rmSync(path('out'), { recursive: true });
    });
  });
});

const isProbe = (to: string): boolean => to.endsWith('.part');
