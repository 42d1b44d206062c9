import { ArgumentError } from '../errors.ts';

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
