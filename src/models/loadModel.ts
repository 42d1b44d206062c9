import type { ModelDescription } from '../checkpoints/sidecar.ts';
import { ArgumentError } from '../errors.ts';
import { fetchFolder } from './fetchFolder.ts';
import { checkLoadOptions, type PipelineOptions } from './loadOptions.ts';
import type { Engine, Model } from './model.ts';
import { openLocated, TFJS_OPENERS } from './openers.ts';
import { readPlace } from './place.ts';

/** What a model's files do not say; and what is to run it, of which there is one kind outside of Node: `tfjs`. */
export type WebLoadOptions = ModelDescription & PipelineOptions & { readonly engine?: 'auto' | Engine };

/**
 * Opens a pretrained diffusion model from an address: that of a folder in diffusers' layout, or of a `model.json` of
 * TensorFlow.js.
 *
 * @param options what a `model.json` does not say: `schedule`, `prediction`, names of `inputs`. It may lie beside the
 * model as `boomerang.json` instead.
 * @throws ArgumentError `bad-place`, `bad-options`, `unknown-option`, `bad-engine`, `bad-description`,
 *   `unexpected-description`.
 * @throws CheckpointError of many codes, each naming the file, the tensor or the key that is at fault.
 */
export const loadModel = async (address: string, options: WebLoadOptions = {}): Promise<Model> => {
  const place = readPlace(address);
  checkLoadOptions(options, ['engine']);
  const { engine = 'auto', ...description } = options;
  if (engine !== 'auto' && engine !== 'tfjs') {
    throw new ArgumentError('bad-engine', `the engine "${engine}" runs in Node only; here use "auto" or "tfjs"`);
  }
  return openLocated(TFJS_OPENERS, { ...place, folder: fetchFolder(place.home) }, description);
};
