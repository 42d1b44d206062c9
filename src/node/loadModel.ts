import type { ModelDescription } from '../checkpoints/sidecar.ts';
import { fetchFolder } from '../models/fetchFolder.ts';
import type { Model } from '../models/model.ts';
import { openPlace } from '../models/openPlace.ts';
import { openFolder } from './folder.ts';
import type { FetchOptions } from './hub/fetchModel.ts';
import { onDisk } from './hub/onDisk.ts';

/** What matters for a model from the hub; and, for a model in one file, what the file does not say. */
export type LoadOptions = FetchOptions & ModelDescription;

/**
 * Opens a pretrained diffusion model: in the layout of diffusers from a folder on disk, from the Hugging Face hub
 * (`owner/name`) or from an address; or a `model.json` of TensorFlow.js, with what it does not say in the options or in
 * a `boomerang.json` beside it.
 *
 * @returns a model; dispose it when done.
 * @throws CheckpointError `no-such-model`, and those of `openModel` and `openTfjsModel`.
 * @throws the errors of `fetchModel` for a model from the hub.
 */
export const loadModel = async (place: string, options: LoadOptions = {}): Promise<Model> => {
  const { revision, onProgress, ...description } = options;
  if (/^https?:\/\//.test(place)) return openPlace(place, description, fetchFolder);
  return openPlace(await onDisk(place, options), description, openFolder);
};
