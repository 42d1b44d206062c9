import { ArgumentError, isCount } from '../errors.ts';

/**
 * The number that a command-line option says.
 *
 * @param name of the option, without dashes; the error's code is `bad-<name>`.
 * @throws ArgumentError `bad-<name>` when it is not a number.
 */
export const toNumber = (text: string, name: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && !Number.isNaN(value)) return value;
  throw new ArgumentError(`bad-${name}`, `${name} must be a number, got "${text}"`);
};

/** The numbers of a list with commas, such as `0.1,0.3,0.5`. @throws ArgumentError `bad-<name>` */
export const toNumbers = (text: string, name: string): number[] => text.split(',').map((part) => toNumber(part, name));

/** A whole number of at least `least`. @throws ArgumentError `bad-<name>` */
export const toCount = (text: string, name: string, least = 1): number => {
  const count = toNumber(text, name);
  if (isCount(count, least)) return count;
  throw new ArgumentError(`bad-${name}`, `${name} must be a whole number of at least ${least}, got ${text}`);
};

/** Strengths in the order in which they are named, each once. @throws ArgumentError `bad-<name>`, `bad-strength` */
export const toStrengths = (text: string, name: string): number[] => {
  const strengths = toNumbers(text, name);
  for (const [n, strength] of strengths.entries()) {
    if (!(strength >= 0 && strength <= 1)) {
      throw new ArgumentError('bad-strength', `strength must be between 0 and 1, got ${strength}; 1 starts from noise`);
    }
    if (strengths.indexOf(strength) === n) continue;
    throw new ArgumentError(`bad-${name}`, `${name} must name each strength once, got ${strength} twice in ${text}`);
  }
  return strengths;
};

/** A size of memory in few digits: "1.3 GB", "26 MB". */
export const describeBytes = (bytes: number): string => {
  const [unit, size] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3];
  const count = bytes / size;
  return `${count.toFixed(count < 10 ? 1 : 0)} ${unit}`;
};
