import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { type DiskCache, type DiskCacheOptions, diskCache } from '../../src/node/diskCache/diskCache.ts';
import { clearCache } from '../../src/node/diskCache/inspect.ts';
import { scratchFolder } from '../support/scratch.ts';
import { collectWarnings } from '../support/warnings.ts';

const NOBODY = 65534;
const latent = (n: number): Float32Array => new Float32Array(100).fill(n / 8);

describe('what a disk cache cannot do it says once, and counts', () => {
  const path = scratchFolder();
  const open = (options: Partial<DiskCacheOptions> = {}): DiskCache =>
    diskCache(path('cache'), { maxBytes: 2 ** 20, ...options });
  const segments = (): string[] =>
    readdirSync(path('cache'))
      .filter((name) => name.endsWith('.latents'))
      .map((name) => path(`cache/${name}`));

  const said = collectWarnings();
  const expectSaid = (...rules: RegExp[]): void => {
    expect(said()).to.have.lengthOf(rules.length);
    for (const [n, rule] of rules.entries()) expect(said()[n]).to.match(rule);
  };

  it('where all goes well it says nothing', () => {
    const [a, b] = [open(), open()];
    for (let n = 0; n < 50; n += 1) (n % 2 ? a : b).set(`${n}`, latent(n));
    for (let n = 0; n < 60; n += 1) expect(a.get(`${n}`)).to.deep.equal(n < 50 ? latent(n) : undefined);
    expect(a.stats()).to.deep.include({ hits: 50, misses: 10, entries: 50, damaged: 0, unkept: 0 });
    for (const cache of [a, b]) cache.dispose?.();
    expectSaid();
  });

  it('records that are damaged, when it is opened or later', () => {
    const writer = open();
    for (let n = 0; n < 10; n += 1) writer.set(`${n}`, latent(n));
    writer.dispose?.();
    const [file = ''] = segments();
    const early = open();
    const whole = readFileSync(file);
    writeFileSync(
      file,
      Buffer.from(whole)
        .fill(0xff, 100, 104)
        .fill(0xff, 432 * 5, 432 * 5 + 4),
    );
    const late = open();
    for (const cache of [early, late]) {
      for (let n = 0; n < 10; n += 1) expect(cache.get(`${n}`) ?? latent(n)).to.deep.equal(latent(n));
      expect(cache.stats()).to.deep.include({ hits: 8, misses: 2, damaged: 2 });
    }
    for (const cache of [early, late]) cache.dispose?.();
    expectSaid(/damaged or cut off/, /damaged or cut off/);
  });

  it('that float16 cannot hold a latent, which then is neither infinite nor rounded', () => {
    const cache = open({ precision: 'float16' });
    const large = Float32Array.of(1.0001, -70000);
    for (const key of ['a', 'b']) {
      expect(cache.set(key, large)).to.equal(large);
      expect(cache.get(key)).to.equal(undefined);
    }
    cache.set('c', Float32Array.of(65504));
    expect(cache.stats()).to.deep.include({ entries: 1, unkept: 2, misses: 2 });
    cache.dispose?.();
    expectSaid(/65504.*float32/);
  });

  it('that a latent is there in the other precision, and uses only its own', () => {
    const [fine, coarse] = [open(), open({ precision: 'float16' })];
    const given = Float32Array.of(1 / 3, 2 / 3);
    for (const key of ['a', 'b']) fine.set(key, given);
    for (const key of ['a', 'b']) expect(coarse.get(key)).to.equal(undefined);
    const rounded = coarse.set('a', given);
    expect(coarse.get('a')).to.deep.equal(rounded).and.not.deep.equal(given);
    expect(fine.get('a')).to.deep.equal(given);
    expect(coarse.stats()).to.deep.include({ hits: 1, misses: 2 });
    coarse.set('only coarse', given);
    expect(fine.get('only coarse')).to.equal(undefined);
    for (const cache of [fine, coarse]) cache.dispose?.();
    expectSaid(/as float32, which are not used as float16/, /as float16, which are not used as float32/);
  });

  it('that its folder cannot be written, and still finds what is there', function () {
    const { geteuid, seteuid } = process;
    if (!geteuid || !seteuid) this.skip();
    const first = open();
    first.set('a', latent(1));
    first.dispose?.();
    chmodSync(path(), 0o755);
    chmodSync(path('cache'), 0o555);
    const me = geteuid();
    if (me === 0) seteuid(NOBODY); // root may write anywhere
    try {
      const cache = open();
      for (const n of [2, 3, 4]) expect(cache.set(`${n}`, latent(n))).to.deep.equal(latent(n));
      expect(cache.get('a')).to.deep.equal(latent(1));
      expect(cache.get('2')).to.equal(undefined);
      expect(cache.stats()).to.deep.include({ hits: 1, misses: 1, entries: 1, unkept: 3 });
      cache.dispose?.();
    } finally {
      if (me === 0) seteuid(me);
      chmodSync(path('cache'), 0o755);
    }
    expectSaid(/keeps nothing more.*(EACCES|EROFS)/);
  });

  it('nothing when others clear it, since what is gone is only missed', () => {
    const [cache, other] = [open(), open()];
    for (const [n, one] of [cache, other].entries()) one.set(`${n}`, latent(n));
    expect(cache.get('1')).to.deep.equal(latent(1));
    clearCache(path('cache'));
    expect(cache.get('none')).to.equal(undefined);
    for (const n of [0, 1]) expect(cache.get(`${n}`) ?? latent(n)).to.deep.equal(latent(n));
    for (const n of [0, 1]) cache.set(`again ${n}`, latent(n));
    for (const n of [0, 1]) expect(other.get(`again ${n}`)).to.deep.equal(latent(n));
    expect(cache.stats()).to.deep.include({ entries: 2, damaged: 0, unkept: 0 });
    for (const one of [cache, other]) one.dispose?.();
    expectSaid();
  });
});
