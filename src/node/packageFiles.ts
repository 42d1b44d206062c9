import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EnvironmentError } from '../errors.ts';

/** The address of this file, or of the bundle that it became part of; a CommonJS bundle has no `import.meta`. */
export const HERE: string = import.meta.url ?? pathToFileURL(__filename).href;

/** What looks for packages beside this one first, then where the user stands: the command may be installed globally. */
export const finders = (): NodeJS.Require[] =>
  [HERE, join(process.cwd(), 'package.json')].map((place) => createRequire(place));

/** What can load a package, if it is installed. */
export const finderOf = (name: string, among: readonly NodeJS.Require[] = finders()): NodeJS.Require | undefined =>
  among.find((finder) => {
    try {
      finder.resolve(name);
      return true;
    } catch {
      return false;
    }
  });

/** Scripts that run in a thread or a process of their own, by their place in this folder. */
export type Script = 'doctor/probeProcess' | 'embedders/faceWorker' | 'sessions/sessionWorker';

/**
 * Where a script lies: beside this file, as a source or compiled; for a bundle, in the package that it was made of.
 *
 * @throws EnvironmentError `no-package-file` where a bundle was taken away from its packages.
 */
export const scriptFile = (name: Script): string => {
  const beside = fileURLToPath(new URL(`./${name}${extname(HERE)}`, HERE));
  return existsSync(beside) ? beside : packageFile(`dist/node/${name}.js`);
};

/**
 * Where a file of this package lies.
 *
 * @param path from the root of the package.
 * @throws EnvironmentError `no-package-file`.
 */
export const packageFile = (path: string): string => {
  const finder = finderOf(MANIFEST); // by its own name: from inside of it, and from a bundle beside node_modules
  const found = finder && join(dirname(finder.resolve(MANIFEST)), path);
  if (found !== undefined && existsSync(found)) return found;
  const remedy = 'npm install tfjs-boomerang where the bundle runs, or bundle for Node with tfjs-boomerang external';
  throw new EnvironmentError('no-package-file', `cannot find ${path} of tfjs-boomerang beside ${HERE}; ${remedy}`);
};

const MANIFEST = 'tfjs-boomerang/package.json';
