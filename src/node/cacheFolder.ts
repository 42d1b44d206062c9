import { join } from 'node:path';
import envPaths from 'env-paths';

/** A path in the folder where this user's system keeps what can be made or fetched again. */
export const userCacheFolder = (...parts: readonly string[]): string =>
  join(envPaths('tfjs-boomerang', { suffix: '' }).cache, ...parts);
