import { checkNames } from '../../checks.ts';
import { boomerangAugment } from '../../transforms/boomerang/boomerangAugment.ts';
import type { AugmentStats } from '../../transforms/boomerang/ledger.ts';
import type { AugmentOptions } from '../../transforms/boomerang/options.ts';
import { makeTransform } from '../../transforms/makeTransform.ts';
import type { Transform } from '../../transforms/transform.ts';
import { checkStrengths } from './options.ts';
import { checkSecret, drawSecret } from './secret.ts';

/** What is left out would let an image through as it is, or give several copies of it, or tell what is secret. */
export type AnonymiserOptions = Pick<
  AugmentOptions,
  | 'model'
  | 'steps'
  | 'solver'
  | 'eta'
  | 'spacing'
  | 'guidance'
  | 'prompt'
  | 'negativePrompt'
  | 'classes'
  | 'labels'
  | 'conditional'
  | 'image'
  | 'range'
  | 'fit'
  | 'signal'
> & {
  /** How far images are thrown, above 0 and at most 1: what `anonymise` chose and measured on images like these. */
  readonly strength: number;
  /** Decides the noise: 64 hexadecimal digits. @defaultValue drawn from the system's random source, and told to nobody */
  readonly secret?: string;
};

const OPTIONS: Readonly<Record<keyof AnonymiserOptions, true>> = {
  ...{ model: true, strength: true, secret: true, steps: true, solver: true, eta: true, spacing: true, guidance: true },
  ...{ prompt: true, negativePrompt: true, classes: true, labels: true, conditional: true },
  ...{ image: true, range: true, fit: true, signal: true },
};

/**
 * A transform for data sets that hands on copies instead of originals: `dataset.map(anonymiser({ model, strength: 0.6 }))`.
 *
 * An image gives the same copy in every epoch, since several copies of it would say more of it than one. Nobody looks at
 * the copies: what is to be measured, and left out where it was not, goes through `anonymise`.
 *
 * @throws ArgumentError `bad-secret`, `bad-strength`, `unknown-option`, and what `boomerangAugment` throws.
 */
export const anonymiser = (options: AnonymiserOptions): Transform<AugmentStats> => {
  checkNames('anonymiser', Object.keys(OPTIONS), options);
  const { secret = drawSecret(), ...others } = options;
  checkSecret(secret);
  checkStrengths([options.strength]);
  const { stage } = boomerangAugment({ ...others, seed: secret });
  return makeTransform<AugmentStats>({
    kind: 'anonymiser',
    naming: stage.naming,
    keepsImages: stage.keepsImages,
    change: (element, pass) => stage.change(element, { ...pass, epoch: 0, copy: undefined }),
    stats: stage.stats,
    state: () => ({}), // that of the other would hold the secret
    restore: () => undefined,
  });
};
