import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The package root: fixtures are found from here, wherever the tests were started. */
export const root = join(import.meta.dirname, '../..');

/** A path in the folder of goldens, corpora and real data that may lie beside the checkout. */
export const shared = (path: string): string => join(root, '../shared', path);

/** `describe` where the shared path exists; elsewhere a suite that is skipped and says why. */
export const describeShared = (title: string, path: string, body: () => void): void => {
  if (existsSync(shared(path))) describe(title, body);
  else describe.skip(`${title} (needs ../shared/${path})`, body);
};
