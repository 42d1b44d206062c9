import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { digestOf } from '../../checkpoints/digest.ts';
import { userCacheFolder } from '../../node/cacheFolder.ts';
import { writeWhole } from '../../node/output.ts';
import type { StudioSetting } from './context.ts';
import type { Door } from './guard.ts';

/** The ports that a user may ask for. */
export const PORTS = { least: 1024, most: 65_535 } as const;

const doorSchema = v.strictObject({
  port: v.pipe(v.number(), v.integer(), v.minValue(PORTS.least), v.maxValue(PORTS.most)),
  token: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
});

/** 256 bits, as an address can hold them. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Where the port and token of a data set and model are kept: a page that is still open finds a studio that starts again. */
export const doorFile = async ({ data, model }: Pick<StudioSetting, 'data' | 'model'>): Promise<string> => {
  const facts = JSON.stringify(['v1', data.digest, model.digest]);
  return userCacheFolder('studio', `${await digestOf([new TextEncoder().encode(facts)])}.json`);
};

/** What was kept, if anything was that can be used. */
export const keptDoor = async (file: string): Promise<Door | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => 'null');
  try {
    const { success, output } = v.safeParse(doorSchema, JSON.parse(text));
    return success ? output : undefined;
  } catch {
    return undefined; // damaged: another is made
  }
};

/** Keeps it for this user alone. @throws EnvironmentError `bad-output` */
export const keepDoor = (file: string, door: Door): Promise<void> =>
  writeWhole(file, new TextEncoder().encode(JSON.stringify(door)), 0o600);
