import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, EnvironmentError } from '../../errors.ts';
import { parseSegmentFile } from './segments.ts';

/** What a folder of segments is for, which is written into it. */
export type FolderKind = keyof typeof TAGS;

const SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';
const TAGS = {
  /** @see https://bford.info/cachedir/ : programs that make backups leave folders with this file out. */
  cache: {
    file: 'CACHEDIR.TAG',
    ours: 'tfjs-boomerang diskCache',
    text: `${SIGNATURE}\n# tfjs-boomerang diskCache: noisy latents, which can be made again.\n`,
  },
  bank: {
    file: 'BANK.TAG',
    ours: 'tfjs-boomerang diskBank',
    text: '# tfjs-boomerang diskBank: variants of images, which nothing drops.\n',
  },
} as const;
/** What the system says of a disk, an allowance or a file that is full. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Makes a folder a cache or a bank, if it is not one. A folder with anything else in it is refused: as a cache it would
 * be left out of backups. So is one of the other kind: a cache drops what is old.
 *
 * @throws ArgumentError `not-a-cache`.
 * @throws EnvironmentError `bad-cache-folder`, with the system's error as its cause.
 */
export const tagFolder = (folder: string, kind: FolderKind = 'cache'): void => {
  const { file, text } = TAGS[kind];
  try {
    mkdirSync(folder, { recursive: true });
    if (isTagged(folder, kind)) return;
    const foreign = readdirSync(folder).find((name) => name !== file && !parseSegmentFile(name));
    if (foreign !== undefined) {
      throw new ArgumentError(`not-a-${kind}`, `${folder} holds other files, such as ${foreign}; name a new folder`);
    }
    writeFileSync(join(folder, file), text);
  } catch (cause) {
    if (cause instanceof ArgumentError) throw cause;
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (FULL.includes(code)) return; // the first record will find the same, and the run goes on
    const rule = `cannot keep a ${kind} in ${folder}: ${message}`;
    throw new EnvironmentError(`bad-${kind}-folder`, `${rule}; name a folder that can be written`, { cause });
  }
};

/** @throws ArgumentError `not-a-cache` for a folder that is none, or not there. */
export const checkTagged = (folder: string): void => {
  if (isTagged(folder, 'cache')) return;
  throw new ArgumentError('not-a-cache', `${folder} is not a cache of diskCache; check the path`);
};

const isTagged = (folder: string, kind: FolderKind): boolean => {
  try {
    return readFileSync(join(folder, TAGS[kind].file), 'latin1').includes(TAGS[kind].ours);
  } catch {
    return false;
  }
};
