import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeWhere } from './describeWhere.ts';

/** The package root: fixtures are found from here, wherever the tests were started. */
export const root = join(import.meta.dirname, '../..');

/** A path in the folder of goldens, corpora and real data that may lie beside the checkout. */
export const shared = (path: string): string => join(root, '../shared', path);

/** `describe` where every one of the shared paths exists. The body may read them; elsewhere it does not run. */
export const describeShared = (
  title: string,
  needed: string | readonly string[],
  body: (this: Mocha.Suite) => void,
): void => {
  const missing = [needed].flat().find((path) => !existsSync(shared(path)));
  describeWhere(missing === undefined || `needs ../shared/${missing}, which is not beside this checkout`, title, body);
};
