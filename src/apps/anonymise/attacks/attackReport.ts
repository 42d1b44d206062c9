import type * as tf from '@tensorflow/tfjs-core';
import { checkNames, isFunction, shown } from '../../../checks.ts';
import { ArgumentError, isCount } from '../../../errors.ts';
import { checkPairs } from '../checkPairs.ts';
import { embedAll, type Vectors } from '../embedder.ts';
import { type Judging, judgePairs } from '../judgePairs.ts';
import { madeBy } from '../madeBy.ts';
import type { Method } from '../method.ts';
import type { Whom } from '../ranks.ts';
import { recognise } from '../recognition.ts';
import type { Attack, AttackReport, Attacks } from './attacks.ts';
import { mapVectors } from './mapped.ts';
import { type Replays, replay } from './replayed.ts';

export type AttackOptions = Judging & {
  /** What the copies were made by. It is called with the numbers of originals as places. */
  readonly method: Method;
  readonly replays?: Replays;
};

const OPTIONS: Readonly<Record<keyof AttackOptions, true>> = {
  embed: true,
  method: true,
  people: true,
  places: true,
  before: true,
  after: true,
  replays: true,
};

/** Draws of a method that attackers take; 0 is the one that is handed on. */
const [RENOISED, PARROT] = [1, 2];

/**
 * Measures who is recognised by those who know how the copies were made, in the eyes of a judge, with 95 % intervals by
 * the bootstrap over people. Only these attacks are tried; what others find is not known.
 *
 * @param originals float32 `[N, h, w, c]` in [0, 1], all of which are searched and each of which is made anew once; they
 *   and the copies stay the caller's.
 * @throws ArgumentError `unknown-option`, `bad-embedder`, `bad-embedding`, `bad-method`, `bad-people`, `too-few-people`,
 *   `bad-copies`, `bad-places`, `bad-replays`; NumericError `not-finite`.
 * @see Newton et al. 2005, "Preserving privacy by de-identifying face images", for the parrot.
 */
export const attackReport = async (
  originals: tf.Tensor4D,
  copies: tf.Tensor4D,
  options: AttackOptions,
): Promise<AttackReport> => {
  checkAttack(options);
  const { embed, method, replays } = options;
  const { before, after, ...whom } = await judgePairs(originals, copies, options);
  const others = await throwAll({ originals, copies, embed, method, ...whom });
  for (const [gallery, looked] of [
    [before, others.copies],
    [others.originals, after],
  ] as const) {
    checkPairs(gallery, looked, whom.places);
  }
  const attacks: Attacks = {
    plain: await attack('plain', { looked: after, gallery: before, whom }),
    renoised: await attack('renoised', { looked: others.copies, gallery: before, whom }),
    parrot: await attack('parrot', { looked: after, gallery: others.originals, whom }),
    mapped: await attack('mapped', { looked: await mapVectors(after, before, whom), gallery: before, whom }),
  };
  const replayed = await replay(originals, copies, { method, ...whom, ...(replays ? { replays } : {}) });
  return { ...attacks, replayed, worst: worstOf(attacks) };
};

type Throwing = Required<Pick<AttackOptions, 'embed' | 'method' | 'places'>> & {
  readonly originals: tf.Tensor4D;
  readonly copies: tf.Tensor4D;
};

/** What the judge sees in copies of all originals, and in copies of the copies. */
const throwAll = async ({ originals, copies, embed, method, places }: Throwing) => {
  const all = Array.from({ length: originals.shape[0] }, (_, n) => n);
  const again = madeBy(method, copies, { places, draw: RENOISED });
  const anew = madeBy(method, originals, { places: all, draw: PARROT });
  return {
    copies: await embedAll(again, embed, 'copies of copies'),
    originals: await embedAll(anew, embed, 'other copies of originals'),
  };
};

type Attempt = { readonly looked: Vectors; readonly gallery: Vectors; readonly whom: Whom };

const attack = async (name: keyof Attacks, { looked, gallery, whom }: Attempt): Promise<Attack> => {
  const { own, person } = await recognise(looked, gallery, { ...whom, path: ['attacks', name] });
  return {
    ...(own.rank1 ? { own: own.rank1 } : {}),
    ...(person.rank1 ? { person: person.rank1 } : {}),
    notFound: looked.isFound.filter((is) => !is).length,
  };
};

const worstOf = (attacks: Attacks): AttackReport['worst'] => {
  const names = Object.keys(attacks) as (keyof Attacks)[];
  const most = (which: 'own' | 'person'): keyof Attacks | undefined =>
    names
      .filter((name) => attacks[name][which] !== undefined)
      .sort((a, b) => (attacks[b][which]?.share ?? 0) - (attacks[a][which]?.share ?? 0))[0];
  const [own, person] = [most('own'), most('person')];
  return { ...(own ? { own } : {}), ...(person ? { person } : {}) };
};

const checkAttack = (options: AttackOptions): void => {
  checkNames('attackReport', Object.keys(OPTIONS), options);
  if (!isFunction(options.method)) {
    const rule = 'method must be the function that made the copies';
    throw new ArgumentError('bad-method', `${rule}, got ${shown(options.method)}`);
  }
  const { copies = 1, candidates = 2 } = options.replays ?? {};
  if (isCount(copies) && isCount(candidates, 2)) return;
  const rule = 'replays needs at least 1 of copies and 2 of candidates';
  throw new ArgumentError('bad-replays', `${rule}, whole numbers; got ${shown(options.replays)}`);
};
