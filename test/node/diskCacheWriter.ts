import { readSync, writeSync } from 'node:fs';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';

/**
 * A process that writes to a cache: record after record, each acknowledged by its number in a line of its own once
 * `set` has returned. Then it prints the cache's figures, and waits until its input ends.
 *
 *     diskCacheWriter.ts <folder> <name> <records> <maxBytes>
 */
const [folder = '', name = '', records = '', maxBytes = ''] = process.argv.slice(2);
const say = (line: string): void => {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error; // else the reader is behind
    }
  }
};

const cache = diskCache(folder, { maxBytes: Number(maxBytes) });
for (let n = 0; n < Number(records); n += 1) {
  cache.set(`${name}-${n}`, new Float32Array(100 + (n % 900)).fill(n));
  say(String(n));
}
say(JSON.stringify(cache.stats()));
readSync(0, new Uint8Array(1));
