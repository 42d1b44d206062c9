import { fetchFolder } from '../models/fetchFolder.ts';
import type { Model } from '../models/model.ts';
import { openModel } from '../models/openModel.ts';
import { openFolder } from './folder.ts';
import type { FetchOptions } from './hub/fetchModel.ts';
import { onDisk } from './hub/onDisk.ts';

/** What matters for a model from the hub. */
export type LoadOptions = FetchOptions;

/**
 * Opens a pretrained diffusion model in the layout of diffusers: from a folder on disk, from the Hugging Face hub
 * (`owner/name`), or from an address.
 *
 * @returns a model; dispose it when done.
 * @throws CheckpointError `no-such-model`, and those of `openModel`.
 * @throws the errors of `fetchModel` for a model from the hub.
 */
export const loadModel = async (place: string, options: LoadOptions = {}): Promise<Model> =>
  openModel(/^https?:\/\//.test(place) ? fetchFolder(place) : await openFolder(await onDisk(place, options)));
