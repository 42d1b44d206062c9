import { stat } from 'node:fs/promises';
import { fetchFolder } from '../models/fetchFolder.ts';
import { checkText, type Located, type Place, readPlace } from '../models/place.ts';
import { type DiskFolder, openFolder } from './folder.ts';
import type { FetchOptions } from './hub/fetchModel.ts';
import { onDisk } from './hub/onDisk.ts';

/** A model that can be read: on this disk, whether it was there or came from the hub, or behind an address. */
export type FoundModel = (Located<DiskFolder> & { readonly isOnDisk: true }) | (Located & { readonly isOnDisk: false });

/**
 * Finds a model by its place: a folder or file, an address, or a name on the hub, from where it is fetched.
 *
 * @throws ArgumentError `bad-place`.
 * @throws CheckpointError `no-such-model`, `pickle-refused`, `unsupported-format`.
 * @throws the errors of `fetchModel` for a model from the hub.
 */
export const locateModel = async (given: string, options: FetchOptions = {}): Promise<FoundModel> => {
  if (/^https?:\/\//i.test(checkText(given))) {
    const place = readPlace(given);
    return { ...place, folder: fetchFolder(place.home), isOnDisk: false };
  }
  const place = await placeOnDisk(given);
  const home = place.format === 'diffusers' ? await onDisk(place.home, options) : place.home;
  return { ...place, folder: await openFolder(home), isOnDisk: true };
};

/** A folder is one, whatever its name ends in. */
const placeOnDisk = async (place: string): Promise<Place> => {
  const isFolder = (await stat(place).catch(() => undefined))?.isDirectory() ?? false;
  return isFolder ? { place, format: 'diffusers', home: place } : readPlace(place);
};
