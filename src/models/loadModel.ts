import { fetchFolder } from './fetchFolder.ts';
import type { Model } from './model.ts';
import { openModel } from './openModel.ts';

/**
 * Opens a pretrained diffusion model from an address: that of a folder in diffusers' layout.
 *
 * @throws CheckpointError of many codes, each naming the file, the tensor or the key that is at fault.
 */
export const loadModel = (address: string): Promise<Model> => openModel(fetchFolder(address));
