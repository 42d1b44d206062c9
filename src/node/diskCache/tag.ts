import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, EnvironmentError } from '../../errors.ts';
import { parseSegmentFile } from './segments.ts';

/** @see https://bford.info/cachedir/ : programs that make backups leave folders with this file out. */
const TAG = 'CACHEDIR.TAG';
const SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';
/** What the system says of a disk, an allowance or a file that is full. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const OURS = 'tfjs-boomerang diskCache';

/**
 * Makes a folder a cache, if it is not one. A folder with anything else in it is refused: as a cache it would be left
 * out of backups.
 *
 * @throws ArgumentError `not-a-cache`.
 * @throws EnvironmentError `bad-cache-folder`, with the system's error as its cause.
 */
export const tagFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true });
    if (isTagged(folder)) return;
    const foreign = readdirSync(folder).find((name) => name !== TAG && !parseSegmentFile(name));
    if (foreign !== undefined) {
      throw new ArgumentError('not-a-cache', `${folder} holds other files, such as ${foreign}; name a new folder`);
    }
    writeFileSync(join(folder, TAG), `${SIGNATURE}\n# ${OURS}: noisy latents, which can be made again.\n`);
  } catch (cause) {
    if (cause instanceof ArgumentError) throw cause;
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (FULL.includes(code)) return; // the first record will find the same, and the run goes on
    const rule = `cannot keep a cache in ${folder}: ${message}`;
    throw new EnvironmentError('bad-cache-folder', `${rule}; name a folder that can be written`, { cause });
  }
};

/** @throws ArgumentError `not-a-cache` for a folder that is none, or not there. */
export const checkTagged = (folder: string): void => {
  if (isTagged(folder)) return;
  throw new ArgumentError('not-a-cache', `${folder} is not a cache of diskCache; check the path`);
};

const isTagged = (folder: string): boolean => {
  try {
    const tag = readFileSync(join(folder, TAG), 'latin1');
    return tag.startsWith(SIGNATURE) && tag.includes(OURS);
  } catch {
    return false;
  }
};
