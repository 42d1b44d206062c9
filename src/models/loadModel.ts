import type { ModelDescription } from '../checkpoints/sidecar.ts';
import { fetchFolder } from './fetchFolder.ts';
import type { Model } from './model.ts';
import { openPlace } from './openPlace.ts';

/**
 * Opens a pretrained diffusion model from an address: that of a folder in diffusers' layout, or of a `model.json` of
 * TensorFlow.js.
 *
 * @param description what a `model.json` does not say: `schedule`, `prediction`, names of `inputs`. It may lie beside
 * the model as `boomerang.json` instead.
 * @throws ArgumentError `bad-description`, `unexpected-description`.
 * @throws CheckpointError of many codes, each naming the file, the tensor or the key that is at fault.
 */
export const loadModel = (address: string, description: ModelDescription = {}): Promise<Model> =>
  openPlace(address, description, fetchFolder);
