import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The command that installs a package in the project where the user stands. Of what the project itself names as an
 * optional peer, as this package does in a clone, npm installs nothing unless it is asked for as a development
 * dependency.
 */
export const installCommand = (name: string, folder: string = process.cwd()): string =>
  isPeer(name, folder) ? `npm install --save-dev ${name}` : `npm install ${name}`;

const isPeer = (name: string, folder: string): boolean => {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return dirname(folder) !== folder && isPeer(name, dirname(folder));
  try {
    return name in (JSON.parse(readFileSync(file, 'utf8')).peerDependencies ?? {});
  } catch {
    return false; // npm will say that the file is damaged
  }
};
