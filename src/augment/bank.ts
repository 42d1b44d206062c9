import type { Asking } from './asking.ts';
import type { AugmentSetup } from './augmentSetup.ts';
import { bringBack, type Candidate, type Returned, type Round } from './bringBack.ts';
import { bankName } from './cacheNames.ts';
import type { Ledger } from './ledger.ts';

/** What stands in a bank for an image of which no variant passed. */
const NONE = new Float32Array([Number.NaN]);

/**
 * Variants out of the bank; those that are not in it yet are made and put into it. Their numbers do not depend on the
 * epoch in which they are first drawn.
 */
export function* bankedReturn(
  setup: AugmentSetup,
  ledger: Ledger,
  candidates: readonly Candidate[],
  round: Round,
): Asking<Returned> {
  const returned = new Map<number, Float32Array>();
  const missing: Candidate[] = [];
  for (const one of candidates) {
    const kept = setup.cache?.get(bankName(setup, one));
    if (kept === undefined) missing.push(one);
    else if (!Number.isNaN(kept[0])) {
      returned.set(one.place, kept);
      ledger.drawn(round.countedIn, { strength: one.plan.strength, evaluations: one.plan.evaluations });
    }
  }
  const made = yield* bringBack(setup, ledger, missing, { ...round, epoch: round.throwEpoch });
  for (const one of missing) {
    const variant = made.get(one.place);
    const kept = setup.cache?.set(bankName(setup, one), variant ?? NONE);
    if (variant) returned.set(one.place, kept ?? variant);
  }
  return returned;
}
