import type { Context } from 'hono';
import { ArgumentError } from '../../errors.ts';
import { type Choice, readChoice } from '../choice.ts';

type Bounds = { readonly least?: number; readonly most: number };

/**
 * A whole number from the query of an address; undefined where it is left out.
 *
 * @throws ArgumentError `bad-<name>`
 */
export const wholeNumber = (c: Context, name: string, { least = 0, most }: Bounds): number | undefined => {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= least && value <= most) return value;
  throw new ArgumentError(`bad-${name}`, `${name} must be a whole number from ${least} to ${most}`);
};

/**
 * The choice in the query of an address.
 *
 * @throws ArgumentError `bad-choice`
 */
export const choiceIn = (c: Context): Choice => {
  try {
    return readChoice(JSON.parse(c.req.query('choice') ?? ''));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ArgumentError('bad-choice', 'the choice is no JSON');
    throw error;
  }
};
