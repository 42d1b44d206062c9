import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { LatentCache } from '../../src/caches/cache.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { inspectCache } from '../../src/node/diskCache/inspect.ts';
import { uniformStream } from '../../src/random.ts';
import { scratchFolder } from '../support/scratch.ts';
import { collectWarnings } from '../support/warnings.ts';

const RECORDS = 40;
const FLIPS = 500;
const CUTS = 200;
const lengthOf = (n: number): number => 20 + 7 * n;
const latent = (n: number): Float32Array => Float32Array.from({ length: lengthOf(n) }, (_, i) => Math.sin(n + i));
const NUMBERS = Array.from({ length: RECORDS }, (_, n) => n);
/** Where every record ends: 32 bytes of header and the latent each. */
const ENDS = NUMBERS.map((n) => 32 * (n + 1) + 4 * NUMBERS.slice(0, n + 1).reduce((sum, k) => sum + lengthOf(k), 0));

describe('a damaged disk cache', () => {
  collectWarnings();
  const path = scratchFolder();
  const open = (): LatentCache => diskCache(path('cache'), { maxBytes: 2 ** 20 });
  const segments = (): string[] => readdirSync(path('cache')).filter((name) => name.endsWith('.latents'));
  let segment = '';
  let whole: Buffer;

  beforeEach(() => {
    const cache = open();
    for (const n of NUMBERS) cache.set(`key ${n}`, latent(n));
    cache.dispose?.();
    segment = path(`cache/${segments()[0]}`);
    whole = readFileSync(segment);
    expect(whole.length).to.equal(ENDS.at(-1));
  });

  const leave = (bytes: Uint8Array): void => {
    for (const name of segments()) rmSync(path(`cache/${name}`));
    writeFileSync(segment, bytes);
  };
  /** The records that are missed; the others must be what was written, and a missed one is kept anew. */
  const missed = (cache: LatentCache): number[] => {
    const lost = NUMBERS.filter((n) => {
      const found = cache.get(`key ${n}`);
      if (found) expect(found).to.deep.equal(latent(n));
      return !found;
    });
    for (const n of lost.slice(0, 1)) {
      cache.set(`key ${n}`, latent(n));
      expect(cache.get(`key ${n}`)).to.deep.equal(latent(n));
    }
    return lost;
  };
  const examine = () => {
    const verified = inspectCache(path('cache'), { verify: true }).damaged;
    const cache = open();
    const lost = missed(cache);
    const { damaged } = cache.stats();
    cache.dispose?.();
    expect(verified, 'what verify counts').to.equal(damaged);
    return { lost, damaged };
  };

  it(`loses the one record that each of ${FLIPS} flipped bits is in, and counts it`, () => {
    const next = uniformStream(['flips']);
    for (let trial = 0; trial < FLIPS; trial += 1) {
      const at = Math.floor(next() * whole.length);
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(next() * 8)), at);
      leave(bytes);
      expect(examine(), `byte ${at}`).to.deep.equal({ lost: [ENDS.findIndex((end) => at < end)], damaged: 1 });
    }
  });

  it(`loses what lies behind each of ${CUTS} cuts, and counts the record that was cut through`, () => {
    const next = uniformStream(['cuts']);
    for (let trial = 0; trial < CUTS; trial += 1) {
      const size = Math.floor(next() * whole.length);
      leave(whole.subarray(0, size));
      const lost = NUMBERS.filter((n) => (ENDS[n] ?? 0) > size);
      const isBetween = size === 0 || ENDS.includes(size);
      expect(examine(), `cut at ${size}`).to.deep.equal({ lost, damaged: isBetween ? 0 : 1 });
    }
  });

  it('misses what is damaged or cut off while it is open', () => {
    const flipped = Buffer.from(whole).fill(0xff, 100, 110);
    for (const bytes of [flipped, whole.subarray(0, 5000), Buffer.alloc(whole.length)]) {
      leave(whole);
      const cache = open();
      writeFileSync(segment, bytes); // the same file, which the cache may have open
      expect(missed(cache)).not.to.be.empty;
      expect(cache.stats().damaged).to.be.above(0);
      cache.dispose?.();
    }
  });

  it('takes zeros, as a power failure leaves them, and noise for what they are', () => {
    const next = uniformStream(['noise']);
    const noise = Buffer.from(Array.from(whole, () => Math.floor(next() * 256)));
    for (const bytes of [Buffer.alloc(whole.length), noise, Buffer.alloc(0)]) {
      leave(bytes);
      expect(examine()).to.deep.equal({ lost: NUMBERS, damaged: bytes.length === 0 ? 0 : 1 });
      leave(Buffer.concat([whole, bytes, whole]));
      expect(examine()).to.deep.equal({ lost: [], damaged: bytes.length === 0 ? 0 : 1 });
    }
  });

  it('allocates nothing for a length that no file has', () => {
    const cache = open();
    cache.set('one more', latent(1));
    const forged = Buffer.from(whole);
    forged.writeUInt32LE(0xffffffff, 4);
    leave(forged);
    expect(examine()).to.deep.equal({ lost: [0], damaged: 1 });
    cache.dispose?.();
  });

  it('is at ease with a folder in the place of a segment', () => {
    rmSync(segment);
    mkdirSync(segment);
    const cache = open();
    expect(missed(cache)).to.deep.equal(NUMBERS);
    cache.dispose?.();
  });
});
