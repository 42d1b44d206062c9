import type { Vectors } from '../../src/apps/anonymise/embedder.ts';
import type { IdentityReport } from '../../src/apps/anonymise/identity.ts';
import { identityOf } from '../../src/apps/anonymise/identityOf.ts';
import { numbered } from '../../src/apps/anonymise/people.ts';
import { recognise } from '../../src/apps/anonymise/recognition.ts';
import type { Share } from '../../src/apps/anonymise/shares.ts';
import { utilityOf } from '../../src/apps/anonymise/utility.ts';
import { someVectors } from '../../src/apps/anonymise/vectors.ts';
import type { Classifier } from '../../src/index.ts';
import { imagesOf, type PictureSet } from './pictures.ts';

/** A share with the ends of its 95 % interval and what it is a share of, rounded. */
export type Portion = readonly [share: number, low: number, high: number, of: number];

/** Figures of copies in the eyes of one judge; what was not measured is absent. */
export type WayFigures = {
  /** Copies whose own original, or another picture of its person, comes first in a search of all originals. */
  readonly own?: Portion;
  readonly person?: Portion;
  /** The higher of the upper ends of both. */
  readonly risk: number;
  /** Copies that are taken for the person of their original where 1 in 100 others is. */
  readonly accepted?: Portion;
  readonly distance: number;
  readonly ssim: number;
  readonly found?: Portion;
  readonly labels?: Portion;
  /** By name, the share of copies that keep what is told, and what chance keeps. */
  readonly kept: Readonly<Record<string, readonly [kept: number, chance: number]>>;
  readonly frechet?: number;
};

export type Measuring = {
  readonly originals: PictureSet;
  readonly copies: Omit<PictureSet, 'people'>;
  /** What the judge saw in all originals, and in the copies that are measured. */
  readonly before: Vectors;
  readonly after: Vectors;
  /** Which copies are measured, and of each the place of its original. */
  readonly rows: readonly number[];
  readonly places: readonly number[];
  readonly classify?: Classifier;
  readonly labels?: readonly number[];
};

export const measureWay = async (measuring: Measuring): Promise<WayFigures> => {
  const { originals, copies, before, after, rows, places, classify, labels } = measuring;
  const { people } = originals;
  const { own, person, verification = [] } = await recognised(before, after, { people, places });
  const pair = { before: someVectors(before, places), after };
  const images = [imagesOf(originals, places), imagesOf(copies, rows)] as const;
  const utility = await utilityOf(...images, {
    ...pair,
    people: places.map((place) => people[place] as string),
    ...(classify ? { classify } : {}),
    ...(labels ? { labels: places.map((place) => labels[place] as number) } : {}),
  }).finally(() => {
    for (const each of images) each.dispose();
  });
  const kept = Object.entries(utility.attributes).map(
    ([
      name,
      {
        kept: { share },
        chance,
      },
    ]) => {
      return [name, [rounded(share), rounded(chance)]] as const;
    },
  );
  return {
    ...portions({ own: own.rank1, person: person.rank1, accepted: verification[0]?.accepted }),
    ...portions({ found: utility.found, labels: utility.labels }),
    risk: rounded(Math.max(own.rank1?.high ?? 1, person.rank1?.high ?? 0)),
    distance: rounded(utility.distance),
    ssim: rounded(utility.ssim),
    kept: Object.fromEntries(kept),
    ...(utility.frechet ? { frechet: rounded(utility.frechet.distance) } : {}),
  };
};

/** Pairs of originals, by which it is known who is taken for the same person, are too many where originals are. */
const MOST_PAIRED = 2000;

type Named = { readonly people: readonly string[]; readonly places: readonly number[] };

const recognised = (before: Vectors, after: Vectors, whom: Named): Promise<Recognition & Partial<IdentityReport>> =>
  before.count <= MOST_PAIRED
    ? identityOf(before, after, whom)
    : recognise(after, before, { ...whom, people: numbered(whom.people, before.count), path: ['identity'] });

type Recognition = Pick<IdentityReport, 'own' | 'person'>;

const portions = <Name extends string>(
  shares: Readonly<Record<Name, Share | undefined>>,
): Partial<Record<Name, Portion>> => {
  const all = Object.entries<Share | undefined>(shares).flatMap(([name, share]) =>
    share ? [[name, [rounded(share.share), rounded(share.low), rounded(share.high), share.of]] as const] : [],
  );
  return Object.fromEntries(all) as unknown as Partial<Record<Name, Portion>>;
};

const rounded = (value: number): number => Number(value.toPrecision(3));
