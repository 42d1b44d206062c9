import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskCache as openCache } from '../src/node/diskCache/diskCache.ts';
import { fillGaussian, uniform } from '../src/random.ts';
import type { Benchmark } from './benchmark.ts';
import type { Figure } from './figure.ts';
import { interleave, type Subject } from './measure.ts';
import { summarise } from './statistics.ts';

const KILOBYTES = [3, 16, 64];
const recordsOf = ({ quick }: { readonly quick: boolean }): number => (quick ? 100 : 1000);
const roundsOf = ({ quick }: { readonly quick: boolean }): number => (quick ? 3 : 9);

export const diskCache: Benchmark = {
  about: 'what does a latent cost in the cache on disk, beside plain files?',
  seconds: ({ quick }) => (quick ? 3 : 60),
  async *run(setting) {
    for (const kilobytes of KILOBYTES) {
      const latents = Array.from({ length: recordsOf(setting) }, (_, n) => gaussian(n, kilobytes * 256));
      const ways = Object.entries(WAYS).map(([name, open]) => [name, trial(open, latents)] as const);
      for (const what of ['write', 'read'] as const) {
        const subjects = Object.fromEntries(ways.map(([name, way]) => [name, way[what]]));
        const times = await interleave(subjects, { rounds: roundsOf(setting) });
        for (const [way, ms] of Object.entries(times)) yield figure({ kilobytes, way, what, each: scale(ms, latents) });
      }
      for (const [, way] of ways) way.end();
    }
  },
};

const figure = (of: { kilobytes: number; way: string; what: string; each: readonly number[] }): Figure => ({
  bench: 'diskCache',
  engine: 'none',
  at: { 'KB a latent': of.kilobytes, 'kept in': of.way },
  what: `${of.what} a latent`,
  unit: 'µs',
  ...summarise(of.each),
});

const scale = (ms: readonly number[], { length }: readonly unknown[]): number[] =>
  ms.map((each) => (each * 1000) / length);

const gaussian = (name: number, length: number): Float32Array => {
  const latent = new Float32Array(length);
  fillGaussian(['disk cache benchmark', name], latent);
  return latent;
};

/** A place for latents of one size. */
type Place = {
  write(n: number, latent: Float32Array): unknown;
  read(n: number, bytes: number): unknown;
  close(): void;
};

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const cachePlace = (folder: string, precision: 'float32' | 'float16'): Place => {
  const cache = openCache(folder, { maxBytes: 2 ** 30, precision });
  return {
    write: (n, latent) => cache.set(`latent ${n}`, latent),
    read: (n) => cache.get(`latent ${n}`),
    close: () => cache.dispose?.(),
  };
};

const WAYS: Readonly<Record<string, (folder: string) => Place>> = {
  'diskCache, float32': (folder) => cachePlace(folder, 'float32'),
  'diskCache, float16': (folder) => cachePlace(folder, 'float16'),
  'a file each': (folder) => ({
    write: (n, latent) => writeFileSync(join(folder, `${n}`), bytesOf(latent)),
    read: (n) => readFileSync(join(folder, `${n}`)),
    close: () => undefined,
  }),
  'one file, appended to': (folder) => {
    const file = openSync(join(folder, 'all'), 'a+');
    return {
      write: (_, latent) => writeSync(file, bytesOf(latent)),
      read: (n, bytes) => readSync(file, new Uint8Array(bytes), 0, bytes, n * bytes),
      close: () => closeSync(file),
    };
  },
};

/** Writes all latents to a new folder; reads those of the last one in another order, out of the page cache. */
const trial = (open: (folder: string) => Place, latents: readonly Float32Array[]) => {
  const order = [...latents.keys()].sort((a, b) => uniform(['order', a]) - uniform(['order', b]));
  let [folder, place] = ['', undefined as Place | undefined];
  const end = (): void => {
    place?.close();
    if (folder !== '') rmSync(folder, { recursive: true });
  };
  const begin = async (): Promise<void> => {
    end();
    folder = mkdtempSync(join(tmpdir(), 'boomerang-bench-'));
    place = open(folder);
  };
  const write: Subject = {
    prepare: begin,
    run: async () => latents.forEach((latent, n) => void place?.write(n, latent)),
  };
  const read: Subject = { run: async () => order.forEach((n) => void place?.read(n, latents[n]?.byteLength ?? 0)) };
  return { write, read, end };
};
