import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../../errors.ts';
import { installCommand } from '../installCommand.ts';
import { finderOf, finders } from '../packageFiles.ts';
import type { FacePackage, ThreadStart } from './protocol.ts';

/** What is installed under which name, and what else it takes. */
const PACKAGES: Readonly<Record<FacePackage, { readonly name: string; readonly takesConverter: boolean }>> = {
  'face-api': { name: '@vladmandic/face-api', takesConverter: false },
  human: { name: '@vladmandic/human', takesConverter: true },
};

const WASM = '@tensorflow/tfjs-backend-wasm';
const CONVERTER = '@tensorflow/tfjs-converter';

export const isFacePackage = (place: string): place is FacePackage => Object.hasOwn(PACKAGES, place);

export const FACE_PACKAGES = Object.keys(PACKAGES);

/** A package for faces as it is installed here. */
export type FoundPackage = { readonly id: string; readonly start: ThreadStart };

/**
 * Finds a package for faces, with what it runs on.
 *
 * @param places what looks for packages.
 * @returns where all lies, and an id such as `face-api 1.7.15`.
 * @throws EnvironmentError `missing-package`, with the command that installs it.
 */
export const findFacePackage = (name: FacePackage, places: readonly NodeJS.Require[] = finders()): FoundPackage => {
  const { name: wanted, takesConverter } = PACKAGES[name];
  const entryOf = (each: string): string => {
    const finder = finderOf(each, places);
    if (finder) return finder.resolve(each);
    const why = each === wanted ? `the embedder "${name}" is of ${each}` : `the embedder "${name}" runs on ${each}`;
    throw new EnvironmentError('missing-package', `${why}, which is not installed; run: ${installCommand(each)}`);
  };
  const folder = folderOf(entryOf(wanted));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
  return {
    id: `${name} ${version}`,
    start: { name, folder, backend: entryOf(WASM), ...(takesConverter ? { converter: entryOf(CONVERTER) } : {}) },
  };
};

/** A package need not export its `package.json`. */
const folderOf = (entry: string): string => {
  const folder = dirname(entry);
  return existsSync(join(folder, 'package.json')) ? folder : folderOf(folder);
};
