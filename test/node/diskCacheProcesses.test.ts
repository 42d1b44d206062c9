import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { uniform } from '../../src/random.ts';
import { scratchFolder } from '../support/scratch.ts';
import { expectRecord, startWriter } from './diskCacheChild.ts';

const PLENTY = 2 ** 26;
const KILLS = 30;
const AT_ONCE = 6;

describe('a disk cache and processes', () => {
  const path = scratchFolder();

  it(`has every record that was acknowledged before one of ${KILLS} writers was killed`, async () => {
    const kill = async (n: number): Promise<number> => {
      const writer = startWriter({ folder: path('cache'), name: `writer ${n}`, records: 5000, maxBytes: PLENTY });
      await writer.reached(1 + Math.floor(uniform(['kills', n]) * 1000));
      writer.child.kill('SIGKILL');
      await writer.ended;
      expect(writer.child.signalCode, writer.stderr()).to.equal('SIGKILL');
      return writer.acknowledged();
    };
    const acknowledged: number[] = [];
    while (acknowledged.length < KILLS) {
      const batch = Array.from({ length: AT_ONCE }, (_, i) => kill(acknowledged.length + i));
      acknowledged.push(...(await Promise.all(batch)));
    }
    const cache = diskCache(path('cache'), { maxBytes: PLENTY });
    for (const [n, records] of acknowledged.entries()) {
      expect(records).to.be.above(0);
      for (let record = 0; record < records; record += 1) expectRecord(cache, `writer ${n}`, record);
    }
    const { entries, damaged = 0 } = cache.stats();
    expect(entries, 'at most one more each: written, but not yet acknowledged').to.be.at.most(
      acknowledged.reduce((sum, records) => sum + records + 1, 0),
    );
    expect(damaged, 'at most the last record of each').to.be.at.most(KILLS);
    cache.dispose?.();
  });

  it('finds at once what two other processes have just written, while it writes itself', async () => {
    const cache = diskCache(path('cache'), { maxBytes: PLENTY });
    const writers = ['a', 'b'].map((name) => {
      const writer = startWriter({ folder: path('cache'), name, records: 2000, maxBytes: PLENTY });
      let checked = 0;
      writer.child.stdout.on('data', () => {
        cache.set(`mine ${name} ${checked}`, Float32Array.of(checked));
        for (; checked < writer.acknowledged(); checked += 1) expectRecord(cache, name, checked);
      });
      return writer;
    });
    for (const writer of writers) {
      await writer.reached(2000);
      writer.child.stdin.end();
      expect(await writer.ended, writer.stderr()).to.equal(0);
      expect(writer.acknowledged()).to.equal(2000);
    }
    expect(cache.stats()).to.include({ hits: 4000, misses: 0, damaged: 0 });
    cache.dispose?.();
  });

  it('drops no segment that a live process writes, and drops it when the process was killed', async () => {
    const maxBytes = 64 * 1024;
    const files = (): string[] => readdirSync(path('cache')).filter((name) => name.endsWith('.latents'));
    const writer = startWriter({ folder: path('cache'), name: 'child', records: 1, maxBytes });
    await writer.reached(1);
    const [theirs] = files();
    const cache = diskCache(path('cache'), { maxBytes });
    const fill = (round: number): void => {
      for (let n = 0; n < 200; n += 1) cache.set(`fill ${round} ${n}`, new Float32Array(250));
    };
    fill(0);
    expect(files()).to.include(theirs);
    expectRecord(cache, 'child', 0);
    writer.child.kill('SIGKILL');
    await writer.ended;
    fill(1);
    expect(files()).not.to.include(theirs);
    cache.dispose?.();
  });

  it('goes on without keeping more when writing fails, and says so once', async function () {
    if (process.platform === 'win32') this.skip();
    const limit = 64; // KB that a file may have: the write beyond fails, or is cut short, as on a full disk
    const writer = startWriter({
      folder: path('cache'),
      name: 'full',
      records: 500,
      maxBytes: PLENTY,
      prelude: `ulimit -f ${limit}`,
    });
    await writer.reached(500);
    writer.child.stdin.end();
    expect(await writer.ended, writer.stderr()).to.equal(0);
    expect(writer.stderr().match(/keeps nothing more/g)).to.have.lengthOf(1);
    const { unkept } = JSON.parse(writer.lastLine());
    const cache = diskCache(path('cache'), { maxBytes: PLENTY });
    const { entries, bytes, damaged } = cache.stats();
    expect(entries + unkept, 'each is kept, or counted').to.equal(500);
    expect(entries).to.be.within(1, 499);
    expect(bytes).to.be.at.most(limit * 1024);
    expect(damaged, 'what was written of the last record is taken back').to.equal(0);
    for (let n = 0; n < entries; n += 1) expectRecord(cache, 'full', n);
    cache.dispose?.();
  });
});
