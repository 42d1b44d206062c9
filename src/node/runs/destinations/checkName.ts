import { ArgumentError } from '../../../errors.ts';

/**
 * Checks that a name stays within its destination and means the same in every one: words with `/` between, none of them
 * empty, `.` or `..`.
 *
 * @throws ArgumentError `bad-name`
 */
export const checkName = (name: string): void => {
  const isPlain = !/[\\\p{Cc}]/u.test(name) && name.split('/').every((word) => !['', '.', '..'].includes(word));
  if (isPlain) return;
  const rule = 'a name in a destination has words with / between, no \\, and no word is empty, . or ..';
  throw new ArgumentError('bad-name', `${rule}, got ${JSON.stringify(name)}; rename what it is made of`);
};
