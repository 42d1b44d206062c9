import type { Autoencoder } from './autoencoder.ts';
import { autoencoderKl } from './autoencoderKl.ts';
import { autoencoderTiny } from './autoencoderTiny.ts';
import { type Json, meaningOf } from './configFields.ts';
import { vqModel } from './vqModel.ts';

const CLASSES = { AutoencoderKL: autoencoderKl, AutoencoderTiny: autoencoderTiny, VQModel: vqModel };

/**
 * Reads the `config.json` of an autoencoder of diffusers; absent keys have the defaults of its constructor.
 *
 * @throws CheckpointError `bad-config` for a value of the wrong kind; `unsupported-config` for another class, unknown
 * keys, and what diffusers may know and this package does not compute. The message names the key.
 */
export const parseAutoencoder = (json: Json): Autoencoder =>
  meaningOf(CLASSES, '_class_name', json['_class_name'])(json);
