import type { Context } from 'hono';
import { ArgumentError } from '../../errors.ts';
import { type Choice, readChoice } from '../choice.ts';

/**
 * The choice in the body of a request.
 *
 * @throws ArgumentError `bad-choice`
 */
export const postedChoice = async (c: Context): Promise<Choice> => {
  const text = await c.req.text();
  try {
    return readChoice(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ArgumentError('bad-choice', 'the choice is no JSON');
    throw error;
  }
};
