import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BoomerangError, CheckpointError, EnvironmentError } from '../../errors.ts';
import { isHubName, shippedName } from '../../models/place.ts';
import { packageFile } from '../packageFiles.ts';
import { type FetchOptions, fetchModel } from './fetchModel.ts';

/**
 * Where a model lies on this disk: a path as it stands, a model of this package by its name, a name on the hub after it
 * was fetched. What is there goes by its path, whatever it looks like.
 *
 * @param place `boomerang:name` of this package, which no folder here and no hub can mean by mistake; a path;
 *   `models/name` of this package; or `owner/name` on the hub, where nobody can be called "models".
 * @throws CheckpointError `no-such-model` for a name of this package that it has not got.
 * @throws the errors of `fetchModel`.
 */
export const onDisk = async (place: string, options: FetchOptions = {}): Promise<string> => {
  const name = shippedName(place);
  if (name !== undefined) return shipped(`models/${name}`, `no model ${place}`);
  if (!isHubName(place)) return place;
  const isHere = await stat(place).then(
    () => true,
    () => false,
  );
  if (isHere) return place;
  if (place.startsWith('models/')) return shipped(place, `no folder ${place} here, nor`);
  return fetchModel(place, options).catch((error: unknown) => Promise.reject(bothReadings(place, error)));
};

const shipped = (path: string, absence: string): string => {
  try {
    return packageFile(path);
  } catch (cause) {
    const remedy = 'the package brings boomerang:fashion-28, where it is installed beside what runs';
    throw new CheckpointError('no-such-model', `there is ${absence} in tfjs-boomerang; ${remedy}`, { cause });
  }
};

/** What means that a name cannot be had from the hub: perhaps a folder was meant. */
const NOT_THERE = ['no-such-model', 'needs-token', 'hub-unreachable', 'offline'];

const bothReadings = (place: string, error: unknown): unknown => {
  if (!(error instanceof BoomerangError) || !NOT_THERE.includes(error.code)) return error;
  const message = `there is no folder ${resolve(place)}, and as a model on the hub: ${error.message}`;
  const Kind = error instanceof EnvironmentError ? EnvironmentError : CheckpointError;
  return new Kind(error.code, message, { cause: error });
};
