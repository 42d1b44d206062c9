import * as v from 'valibot';
import { checkOptions, flag, oneOf, rule } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import type { Names, Naming } from './names.ts';
import type { Originals } from './originals.ts';

export type CopyOptions = {
  /** What copies are made of. */
  readonly originals: Pick<Originals, 'path' | 'count' | 'layout'>;
  /** What copies are called. */
  readonly names: Names;
  /** A secret, drawn at random, by which names and their order are made; needed unless names are kept. */
  readonly salt?: string;
  /** Whether folders and classes are called like people, and go like names of files do. @defaultValue false */
  readonly people?: boolean;
  /** Whether files say that they are synthetic media. @defaultValue true */
  readonly mark?: boolean;
};

/** Fewer characters could be guessed one after another. */
const LEAST_SALT = 16;

const saltRule = rule<string>(
  (value) => typeof value === 'string' && value.length >= LEAST_SALT,
  `a secret text of at least ${LEAST_SALT} characters`,
);

const SCHEMA = v.strictObject({
  originals: rule<CopyOptions['originals']>(
    (value) => typeof value === 'object' && value !== null && 'layout' in value,
    'what openOriginals gave',
  ),
  names: oneOf('keep', 'number', 'hash'),
  salt: v.optional(saltRule),
  people: v.optional(flag),
  mark: v.optional(flag),
});

/** @throws ArgumentError `unknown-option`, `unknown-names`, `bad-salt` and the like. */
export const checkCopyOptions = (options: CopyOptions): void => {
  checkOptions('openCopies', SCHEMA, options);
  if (options.names === 'keep' || options.salt !== undefined) return;
  throw new ArgumentError('bad-salt', `names by "${options.names}" need a salt, a secret drawn at random; give one`);
};

export const namingOf = ({ names, salt = '', people = false }: CopyOptions): Naming => ({
  names,
  salt,
  isPeople: people,
});
