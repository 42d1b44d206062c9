import type { Folder } from '../checkpoints/folder.ts';
import { checkDescription, type ModelDescription } from '../checkpoints/sidecar.ts';
import { ArgumentError } from '../errors.ts';
import type { Model } from './model.ts';
import { openModel } from './openModel.ts';
import type { Format, Located } from './place.ts';

/** What opens a model of each form, given what the caller says of it. */
export type Openers<F extends Folder = Folder> = Readonly<
  Record<Format, (located: Located<F>, description: ModelDescription) => Promise<Model>>
>;

/**
 * Opens a model by the opener of its form.
 *
 * @throws ArgumentError `bad-description`, and those of the opener.
 */
export const openLocated = async <F extends Folder>(
  openers: Openers<F>,
  located: Located<F>,
  description: ModelDescription,
): Promise<Model> => openers[located.format](located, checkDescription(description));

/** On TensorFlow.js, from any folder. */
export const TFJS_OPENERS: Openers = {
  async diffusers(located, description) {
    refuseDescription(located, description);
    return openModel(located.folder);
  },
  async tfjs({ folder, file = 'model.json' }, description) {
    const { openTfjsModel } = await import('./openTfjsModel.ts'); // a bundle without such models need not hold it
    return openTfjsModel(folder, file, description);
  },
  async onnx({ place }) {
    throw new ArgumentError('bad-engine', `${place} is an ONNX file, which runs in Node only, from a disk`);
  },
};

/** @throws ArgumentError `unexpected-description`: a folder in diffusers' layout says all of itself. */
export const refuseDescription = ({ place }: Located, description: ModelDescription): void => {
  const [field] = Object.keys(description);
  if (field === undefined) return;
  const remedy = 'leave it out, or write what its files lack into boomerang.json';
  throw new ArgumentError('unexpected-description', `${field} is for models in one file, ${place} is none; ${remedy}`);
};
