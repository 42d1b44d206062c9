import { fetchFolder } from '../models/fetchFolder.ts';
import type { Model } from '../models/model.ts';
import { openModel } from '../models/openModel.ts';
import { openFolder } from './folder.ts';

/**
 * Opens a pretrained diffusion model in the layout of diffusers, from a folder on disk or from an address.
 *
 * @returns a model; dispose it when done.
 * @throws CheckpointError `no-such-model`, and those of `openModel`.
 */
export const loadModel = async (place: string): Promise<Model> =>
  openModel(/^https?:\/\//.test(place) ? fetchFolder(place) : await openFolder(place));
