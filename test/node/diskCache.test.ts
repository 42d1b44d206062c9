import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { type LatentCache, memoryCache } from '../../src/caches/cache.ts';
import { tieredCache } from '../../src/caches/tieredCache.ts';
import { ArgumentError, EnvironmentError } from '../../src/errors.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { fillGaussian } from '../../src/random.ts';
import { scratchFolder } from '../support/scratch.ts';
import { collectWarnings } from '../support/warnings.ts';

const maxBytes = 2 ** 20;
const gaussian = (name: number, length = 300): Float32Array => {
  const latent = new Float32Array(length);
  fillGaussian(['disk cache', name], latent);
  return latent;
};
const bits = (latent: Float32Array | undefined): number[] =>
  latent ? Array.from(new Uint32Array(latent.slice().buffer)) : [];

describe('a disk cache', () => {
  collectWarnings();
  const path = scratchFolder();
  const open = (options: Partial<Parameters<typeof diskCache>[1]> = {}): LatentCache =>
    diskCache(path('cache'), { maxBytes, ...options });

  it('gives back every bit, at once and after it is opened again', () => {
    const odd = Float32Array.of(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3.4e38);
    const given = [odd, new Float32Array(0), ...[1, 2, 3].map((n) => gaussian(n))];
    const first = open();
    for (const [n, latent] of given.entries()) expect(first.set(`key ${n}`, latent)).to.equal(latent);
    const expectAll = (cache: LatentCache): void => {
      for (const [n, latent] of given.entries()) expect(bits(cache.get(`key ${n}`))).to.deep.equal(bits(latent));
    };
    expectAll(first);
    expect(first.stats()).to.include({ hits: 5, misses: 0, entries: 5, damaged: 0 });
    expectAll(open()); // while the first is open
    first.dispose?.();
    expectAll(open());
    expect(open().get('key 5')).to.equal(undefined);
  });

  it('hands out latents that do not change when the given one does', () => {
    const cache = open();
    const latent = gaussian(1);
    cache.set('a', latent);
    const kept = bits(latent);
    latent.fill(0);
    expect(bits(cache.get('a'))).to.deep.equal(kept);
  });

  it('rounds to float16 at once, so that what is used first is what is found later', () => {
    const cache = open({ precision: 'float16' });
    const latent = gaussian(1);
    const used = cache.set('a', latent);
    expect(bits(used)).not.to.deep.equal(bits(latent));
    for (const [i, value] of used.entries()) {
      expect(value).to.be.closeTo(latent[i] ?? Number.NaN, Math.abs(value) * 2 ** -11 + 2 ** -25);
    }
    expect(bits(cache.get('a'))).to.deep.equal(bits(used));
    expect(bits(open({ precision: 'float16' }).get('a'))).to.deep.equal(bits(used));
    expect(cache.stats().bytes, 'half the bytes, and a header').to.equal(2 * 300 + 32);
  });

  it('does not keep a latent beyond float16, which would come back infinite', () => {
    const cache = open({ precision: 'float16' });
    const large = Float32Array.of(1, 70000);
    expect(cache.set('a', large)).to.equal(large);
    expect(cache.get('a')).to.equal(undefined);
    cache.set('b', Float32Array.of(65504, Number.NEGATIVE_INFINITY));
    expect(cache.get('b')).to.deep.equal(Float32Array.of(65504, Number.NEGATIVE_INFINITY));
  });

  it('keeps precisions in one folder apart', () => {
    open({ precision: 'float16' }).set('a', gaussian(1));
    expect(open().get('a')).to.equal(undefined);
    open().set('a', gaussian(1));
    expect(bits(open().get('a'))).to.deep.equal(bits(gaussian(1)));
  });

  it('behind a memory cache keeps what memory forgets, and both hand out the same', () => {
    for (const precision of ['float32', 'float16'] as const) {
      const [memory, disk] = [memoryCache({ maxBytes: 2400 }), open({ precision })];
      const cache = tieredCache(memory, disk);
      const used = [1, 2, 3, 4].map((n) => bits(cache.set(`key ${n}`, gaussian(n))));
      expect(memory.stats().entries).to.equal(2);
      for (const round of [1, 2]) {
        for (const n of [1, 2, 3, 4]) expect(bits(cache.get(`key ${n}`)), `round ${round}`).to.deep.equal(used[n - 1]);
      }
      expect(bits(cache.get('key 4'))).to.deep.equal(bits(memory.get('key 4')));
      expect(cache.get('key 5')).to.equal(undefined);
      expect(cache.stats()).to.include({ misses: 1, damaged: 0 });
      expect(cache.stats().hits).to.equal(9 + 1); // the tenth asked memory directly
      cache.dispose?.();
    }
  });

  it('finds and keeps nothing once it is disposed', () => {
    const cache = open();
    cache.set('a', gaussian(1));
    cache.dispose?.();
    expect(cache.get('a')).to.equal(undefined);
    cache.set('b', gaussian(2));
    expect(open().get('b')).to.equal(undefined);
    cache.dispose?.();
  });

  it('holds few files open, however many segments there are, and none in the end', function () {
    if (process.platform !== 'linux') this.skip();
    const handles = (): number => readdirSync('/proc/self/fd').length;
    const before = handles();
    for (let run = 0; run < 60; run += 1) {
      const cache = open();
      cache.set(`run ${run}`, gaussian(run));
      for (let n = 0; n <= run; n += 1) expect(cache.get(`run ${n}`)).to.have.lengthOf(300);
      expect(handles()).to.be.at.most(before + 33);
      cache.dispose?.();
      expect(handles()).to.equal(before);
    }
  });

  it('refuses sizes, precisions and folders that are none', () => {
    for (const size of [0, -1, 1.5, Number.NaN]) {
      expect(() => open({ maxBytes: size }))
        .to.throw(ArgumentError, String(size))
        .with.property('code', 'bad-cache-size');
    }
    expect(() => open({ precision: 'float8' as 'float16' }))
      .to.throw(ArgumentError, /float8.*float32, float16/)
      .with.property('code', 'unknown-precision');
    writeFileSync(path('file'), '');
    expect(() => diskCache(path('file/cache'), { maxBytes }))
      .to.throw(EnvironmentError, /file/)
      .with.property('code', 'bad-cache-folder');
    mkdirSync(path('photos'));
    writeFileSync(path('photos/me.png'), '');
    expect(() => diskCache(path('photos'), { maxBytes }))
      .to.throw(ArgumentError, /me\.png/)
      .with.property('code', 'not-a-cache');
    expect(readdirSync(path('photos'))).to.deep.equal(['me.png']);
  });

  it('refuses a latent that is larger than all that it may keep', () => {
    const cache = open({ maxBytes: 1000 });
    expect(() => cache.set('a', gaussian(1)))
      .to.throw(ArgumentError, /1232 bytes.*1000/)
      .with.property('code', 'bad-cache-size');
    cache.set('b', gaussian(1, 242)); // 4 * 242 + 32 = 1000
    expect(cache.get('b')).to.have.lengthOf(242);
  });
});
