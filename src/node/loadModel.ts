import type { Model } from '../models/model.ts';
import { openModel } from '../models/openModel.ts';
import { openFolder } from './folder.ts';

/**
 * Opens a pretrained diffusion model from a folder on disk, in the layout of diffusers.
 *
 * @returns a model; dispose it when done.
 * @throws CheckpointError `no-such-model`, and those of `openModel`.
 */
export const loadModel = async (path: string): Promise<Model> => openModel(await openFolder(path));
