import { createHash } from 'node:crypto';
import type { Bank } from '../../caches/bank.ts';
import { portableName } from '../../returns/cacheNames.ts';
import type { VariantRecord } from '../../returns/record.ts';

/** A variant that was tried: its record, and the name under which a bank was asked for it, without the machine. */
export type Tried = { readonly record: VariantRecord; readonly bankName: string };

/** A bank that has nothing, keeps nothing, and remembers what it was asked for. */
export type BankRecorder = {
  readonly bank: Bank;
  readonly onVariant: (record: VariantRecord) => void;
  /** What was tried since it was last asked, in its order. */
  taken(): readonly Tried[];
};

/** Digits of SHA-256 that a name goes by in records. */
const DIGITS = 16;

export const bankRecorder = (variants: number): BankRecorder => {
  const names: string[] = [];
  let tried: Tried[] = [];
  return {
    bank: {
      variants,
      get(name) {
        names.push(name);
        return undefined;
      },
      put: () => undefined,
      stats: () => ({ entries: 0, bytes: 0 }),
    },
    // Asked for in the order of images at each attempt, and told of in the same order after it.
    onVariant: (record) => void tried.push({ record, bankName: bankName(names.shift() as string) }),
    taken() {
      const all = tried;
      tried = [];
      names.length = 0;
      return all;
    },
  };
};

export const bankName = (name: string): string =>
  createHash('sha256').update(portableName(name)).digest('hex').slice(0, DIGITS);
