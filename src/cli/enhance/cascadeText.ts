import { fallingCascade, type PlainThrow } from '../../apps/enhance/cascade.ts';
import { ArgumentError } from '../../errors.ts';
import { toCount, toNumber } from '../numbers.ts';

/**
 * The throws that a text says, with commas between: `0.3x5` is one of five steps, and `15x0.3..0.05` are 15 of one step
 * whose strength falls from 0.3 to 0.05.
 *
 * @throws ArgumentError `bad-cascade`
 */
export const toCascade = (text: string): readonly PlainThrow[] =>
  text.split(',').flatMap((part): readonly PlainThrow[] => {
    const [first, second, ...others] = part.split('x');
    if (first === undefined || second === undefined || others.length > 0) throw unreadable(part);
    const [from, to, ...more] = second.split('..');
    if (from === undefined || more.length > 0) throw unreadable(part);
    if (to === undefined) return [{ strength: toNumber(first, 'cascade'), steps: toCount(second, 'cascade') }];
    return fallingCascade(toCount(first, 'cascade'), toNumber(from, 'cascade'), toNumber(to, 'cascade'));
  });

const unreadable = (part: string): ArgumentError => {
  const rule = 'a throw is STRENGTHxSTEPS, such as 0.3x5, and a falling cascade COUNTxFROM..TO, such as 15x0.3..0.05';
  return new ArgumentError('bad-cascade', `${rule}, with commas between several; got "${part}"`);
};

/** The text that says a cascade: as short as may be, and read again it is the same cascade. */
export const cascadeText = (cascade: readonly PlainThrow[]): string => {
  const [first, last] = [cascade[0], cascade.at(-1)];
  if (first && last && cascade.length > 2 && first.strength >= last.strength && last.strength > 0) {
    const [from, to] = [rounded(first.strength), rounded(last.strength)];
    const isFalling = fallingCascade(cascade.length, from, to).every(
      ({ strength, steps }, n) =>
        steps === cascade[n]?.steps && Math.abs(strength - (cascade[n]?.strength ?? 0)) < 1e-9,
    );
    if (isFalling) return `${cascade.length}x${from}..${to}`;
  }
  return cascade.map(({ strength, steps }) => `${rounded(strength)}x${steps}`).join(',');
};

/** Without what binary fractions leave behind. */
const rounded = (strength: number): number => Number(strength.toPrecision(10));
