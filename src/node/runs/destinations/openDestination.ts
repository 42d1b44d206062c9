import { ArgumentError } from '../../../errors.ts';
import type { Destination } from '../destination.ts';
import { openDisk } from './disk.ts';
import type { DestinationOptions } from './options.ts';
import { openS3 } from './s3.ts';

/**
 * Opens where a run writes: a folder by its path, or `s3://bucket/prefix`.
 *
 * @throws ArgumentError `bad-destination`.
 * @throws EnvironmentError `bad-output` where it cannot be written; `missing-package`.
 */
export const openDestination = async (place: string, options: DestinationOptions = {}): Promise<Destination> => {
  if (place === '') throw new ArgumentError('bad-destination', 'a destination has a name, got ""; name a folder');
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(place) ?? [];
  if (scheme === undefined) return openDisk(place, options);
  if (scheme.toLowerCase() === 's3') return openS3(place, options);
  const rule = 'a destination is a folder or s3://bucket/prefix';
  throw new ArgumentError('bad-destination', `${rule}, got one with ${scheme}://; use one of these`);
};
