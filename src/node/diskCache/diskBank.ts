import { hash } from 'node:crypto';
import { type Bank, type BankOptions, bankFull, bankSchema } from '../../caches/bank.ts';
import { checkOptions } from '../../checks.ts';
import { EnvironmentError } from '../../errors.ts';
import { DIGEST_DIGITS } from './record.ts';
import { openStorage } from './storage.ts';

/**
 * A bank in a folder, which survives: another run, or another process, finds what this one made. Nothing in it is ever
 * dropped. Every record has a checksum; a damaged one is said, and made again.
 *
 * @param folder made where there is none; one that holds other files, or a cache, is refused.
 * @throws ArgumentError `bad-variants`, `bad-max-bytes`, `unknown-option`, `not-a-bank`; from `put` `bank-full`.
 * @throws EnvironmentError `bad-bank-folder`; from `put` `bank-not-kept` when the disk is full or cannot be written.
 */
export const diskBank = (folder: string, options: BankOptions): Bank => {
  checkOptions('diskBank', bankSchema, options);
  const { variants, maxBytes } = options;
  const storage = openStorage(folder, Number.MAX_SAFE_INTEGER, 'bank');
  let { entries, bytes } = storage.stats();
  return {
    variants,
    maxBytes,
    get(name) {
      const data = storage.read(digestOf(name));
      return data && new Float32Array(data.buffer, data.byteOffset, data.byteLength / Float32Array.BYTES_PER_ELEMENT);
    },
    put(name, variant) {
      if (bytes + variant.byteLength > (maxBytes ?? Number.POSITIVE_INFINITY)) throw bankFull(entries, maxBytes);
      const digest = digestOf(name);
      storage.write(digest, new Uint8Array(variant.buffer, variant.byteOffset, variant.byteLength));
      if (!storage.has(digest)) {
        const remedy = 'make room there, or name another folder; what it has is kept';
        throw new EnvironmentError('bank-not-kept', `the bank ${folder} could not keep a variant; ${remedy}`);
      }
      [entries, bytes] = [entries + 1, bytes + variant.byteLength];
    },
    stats: () => {
      const kept = storage.stats();
      return { entries: kept.entries, bytes: kept.bytes };
    },
    dispose: () => storage.close(),
  };
};

const digestOf = (name: string): string => hash('sha256', name, 'hex').slice(0, DIGEST_DIGITS);
