import type { Folder } from '../checkpoints/folder.ts';
import { checkDescription, type ModelDescription } from '../checkpoints/sidecar.ts';
import { ArgumentError } from '../errors.ts';
import type { Model } from './model.ts';
import { openModel } from './openModel.ts';

/** A place cut into the folder of the model and, where it names one, the model's file in there. */
export const splitPlace = (place: string): { readonly folder: string; readonly file?: string } => {
  const [, folder = '.', file] = /^(?:(.*)[/\\])?([^/\\]+\.json)$/i.exec(place) ?? [];
  return file === undefined ? { folder: place } : { folder: folder || '/', file };
};

/**
 * Opens a model by its place: a `model.json` of TensorFlow.js, or a folder in diffusers' layout.
 *
 * @param description what the files of the model do not say; a folder in diffusers' layout says all of it.
 * @param open opens the folder.
 * @throws ArgumentError `bad-description`, `unexpected-description`, and those of `openModel` and `openTfjsModel`.
 */
export const openPlace = async (
  place: string,
  description: ModelDescription,
  open: (folder: string) => Folder | Promise<Folder>,
): Promise<Model> => {
  const { folder, file } = splitPlace(place);
  const given = checkDescription(description);
  if (file !== undefined) {
    const { openTfjsModel } = await import('./openTfjsModel.ts'); // a bundle without such models need not hold it
    return openTfjsModel(await open(folder), file, given);
  }
  const [field] = Object.keys(given);
  if (field === undefined) return openModel(await open(folder));
  const remedy = 'leave it out, or write what its files lack into boomerang.json';
  throw new ArgumentError('unexpected-description', `${field} is for models in one file, ${place} is none; ${remedy}`);
};
