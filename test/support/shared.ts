import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeWhere } from './describeWhere.ts';

/** The package root: fixtures are found from here, wherever the tests were started. */
export const root = join(import.meta.dirname, '../..');

/** Flags with which a Node of its own reads TypeScript, wherever it runs. */
export const TSX = ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] as const;

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
