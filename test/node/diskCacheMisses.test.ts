import fs, { copyFileSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'chai';
import type { LatentCache } from '../../src/index.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { scratchFolder } from '../support/scratch.ts';
import { startWriter } from './diskCacheChild.ts';

const maxBytes = 2 ** 26;
type Calls = Record<string, number>;
type AnyFunction = (...args: unknown[]) => unknown;

/** How often each of the system's functions is called meanwhile. */
const callsOf = (run: () => void): Calls => {
  const table = fs as unknown as Record<string, AnyFunction>;
  const names = Object.keys(table).filter((name) => name.endsWith('Sync') && typeof table[name] === 'function');
  const real = names.map((name) => table[name] as AnyFunction);
  const calls: Calls = {};
  for (const [n, name] of names.entries()) {
    table[name] = (...args) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return (real[n] as AnyFunction)(...args);
    };
  }
  syncBuiltinESMExports();
  try {
    run();
  } finally {
    for (const [n, name] of names.entries()) table[name] = real[n] as AnyFunction;
    syncBuiltinESMExports();
  }
  return calls;
};

describe('a miss of a disk cache', () => {
  const path = scratchFolder();
  const open = (): LatentCache => diskCache(path('cache'), { maxBytes });
  const segments = (): string[] => readdirSync(path('cache')).filter((name) => name.endsWith('.latents'));
  /** As the cache of another machine or an earlier run would stand there. */
  const copyOf = (file: string, n: number): string =>
    file
      .replace(/^\d+/, String(n + 2).padStart(8, '0'))
      .replace(/\w{8}(?=\.latents$)/, n.toString(16).padStart(8, '0'));
  /** The folder's date in the past, as it is once a moment has gone by without a change. */
  const letRest = (): void => utimesSync(path('cache'), 1_000_000.5, 1_000_000.5);
  const makeSegments = (count: number): void => {
    const cache = open();
    cache.set('kept', Float32Array.of(1));
    cache.dispose?.();
    const [one = ''] = segments();
    for (let n = 1; n < count; n += 1) copyFileSync(path(`cache/${one}`), path(`cache/${copyOf(one, n)}`));
    expect(segments()).to.have.lengthOf(count);
    letRest();
  };
  const missOf = (cache: LatentCache) => callsOf(() => expect(cache.get('none')).to.equal(undefined));

  for (const count of [1, 10, 300]) {
    it(`looks once at the date of a folder of ${count} segments that nobody changed`, () => {
      makeSegments(count);
      const cache = open();
      for (const _ of [1, 2, 3]) expect(missOf(cache)).to.deep.equal({ statSync: 1 });
      expect(callsOf(() => expect(cache.get('kept')).to.have.lengthOf(1))).not.to.have.property('readdirSync');
      cache.dispose?.();
    });
  }

  it('looks besides at the segments that others write, and not at its own', () => {
    makeSegments(20);
    const caches = [open(), open(), open()];
    for (const [n, cache] of caches.entries()) cache.set(`of ${n}`, Float32Array.of(n));
    const [first] = caches as [LatentCache];
    for (const n of [1, 2]) expect(first.get(`of ${n}`)).to.deep.equal(Float32Array.of(n));
    letRest();
    first.get('none');
    expect(missOf(first)).to.deep.equal({ statSync: 1, fstatSync: 2 });
    for (const cache of caches) cache.dispose?.();
  });

  it('finds what came into the folder by whatever way, and forgets what left it', () => {
    makeSegments(3);
    const [one = ''] = segments();
    renameSync(path(`cache/${one}`), path('aside'));
    for (const file of segments()) rmSync(path(`cache/${file}`));
    const cache = open();
    for (let round = 0; round < 50; round += 1) {
      expect(cache.get('kept'), `round ${round}`).to.equal(undefined);
      copyFileSync(path('aside'), path(`cache/${copyOf(one, round)}`));
      expect(cache.get('kept'), `round ${round}`).to.deep.equal(Float32Array.of(1));
      rmSync(path(`cache/${copyOf(one, round)}`));
      expect(cache.stats().entries).to.equal(0);
    }
    cache.dispose?.();
  });

  it('finds the first record of every process that has just begun to write', async () => {
    const cache = open();
    for (const name of ['a', 'b', 'c']) {
      expect(cache.get(`${name}-0`)).to.equal(undefined);
      const writer = startWriter({ folder: path('cache'), name, records: 1, maxBytes });
      await writer.reached(1);
      expect(cache.get(`${name}-0`)).to.have.lengthOf(100);
      writer.child.stdin.end();
      await writer.ended;
    }
    cache.dispose?.();
  });
});
