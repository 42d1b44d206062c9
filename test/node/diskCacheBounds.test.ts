import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { expect } from 'chai';
import type { LatentCache } from '../../src/caches/cache.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { clearCache } from '../../src/node/diskCache/inspect.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('the bounds of a disk cache', () => {
  const path = scratchFolder();
  const open = (maxBytes: number): LatentCache => diskCache(path('cache'), { maxBytes });
  const segments = (): string[] => readdirSync(path('cache')).filter((name) => name.endsWith('.latents'));
  const bytes = (): number => segments().reduce((sum, name) => sum + statSync(path(`cache/${name}`)).size, 0);
  const put = (cache: LatentCache, n: number): void => {
    cache.set(`key ${n}`, new Float32Array(50 + (n % 200)).fill(n));
  };

  for (const maxBytes of [1100, 5000, 100_000]) {
    it(`never has more than ${maxBytes} bytes in its folder, and uses most of them`, () => {
      const cache = open(maxBytes);
      let most = 0;
      for (let n = 0; n < 600; n += 1) {
        put(cache, n);
        expect(cache.get(`key ${n}`)?.[0], 'the newest').to.equal(n);
        const now = bytes();
        expect(now).to.be.at.most(maxBytes);
        most = Math.max(most, now);
      }
      expect(most).to.be.above(0.7 * maxBytes);
      expect(cache.get('key 0'), 'the oldest').to.equal(undefined);
      expect(cache.stats().bytes).to.equal(bytes());
      cache.dispose?.();
    });
  }

  it('drops the oldest first, and what it says of entries is what can be found', () => {
    const cache = open(50_000);
    for (let n = 0; n < 300; n += 1) put(cache, n);
    const { entries, damaged } = cache.stats();
    const found = Array.from({ length: 300 }, (_, n) => n).filter((n) => cache.get(`key ${n}`));
    expect(found).to.deep.equal(Array.from({ length: entries }, (_, i) => 300 - entries + i));
    expect(damaged, 'a dropped record is no damage').to.equal(0);
    cache.dispose?.();
  });

  it('keeps two writers together within the bytes', () => {
    const caches = [open(60_000), open(60_000)] as const;
    for (let n = 0; n < 600; n += 1) {
      put(caches[n % 2 === 0 ? 0 : 1], n);
      expect(bytes()).to.be.at.most(60_000);
    }
    for (const cache of caches) cache.dispose?.();
  });

  it('says once that there are too many writers, and keeps within the bytes', () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => said.push(text);
    try {
      const caches = Array.from({ length: 20 }, () => open(20_000));
      for (let n = 0; n < 400; n += 1) put(caches[n % 20] as LatentCache, n);
      expect(bytes()).to.be.at.most(20_000);
      expect(said).to.have.lengthOf(4); // 16 segments, so 4 caches have none
      expect(said[0]).to.match(/raise maxBytes/);
      for (const cache of caches) cache.dispose?.();
    } finally {
      console.warn = warn;
    }
  });

  it('goes on after its folder was cleared, or its segment was dropped since it stood still for a day', () => {
    const [idle, busy] = [open(20_000), open(20_000)];
    put(idle, 0);
    const [theirs = ''] = segments();
    utimesSync(path(`cache/${theirs}`), 0, 0);
    for (let n = 1; n < 200; n += 1) put(busy, n);
    expect(segments()).not.to.include(theirs);
    put(idle, 1000);
    expect(open(20_000).get('key 1000')?.[0]).to.equal(1000);
    clearCache(path('cache'));
    expect(busy.get('key 199')).to.equal(undefined);
    put(busy, 199);
    expect(open(20_000).get('key 199')?.[0]).to.equal(199);
    for (const cache of [idle, busy]) cache.dispose?.();
  });

  it('keeps nothing more, and says so once, when its folder is gone', () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => said.push(text);
    try {
      const cache = open(20_000);
      rmSync(path('cache'), { recursive: true });
      for (let n = 0; n < 3; n += 1) put(cache, n);
      expect(cache.get('key 1')).to.equal(undefined);
      expect(said).to.have.lengthOf(1);
      expect(said[0]).to.match(/keeps nothing more.*ENOENT/);
      cache.dispose?.();
    } finally {
      console.warn = warn;
    }
  });
});
