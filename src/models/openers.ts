import type { Folder } from '../checkpoints/folder.ts';
import { checkDescription, type ModelDescription } from '../checkpoints/sidecar.ts';
import { ArgumentError } from '../errors.ts';
import type { PipelineOptions } from './loadOptions.ts';
import type { Model } from './model.ts';
import { openModel } from './openModel.ts';
import type { Format, Located } from './place.ts';

/** What the caller says of a model: what its file does not say, and how its networks are to be opened. */
export type Asked = { readonly description: ModelDescription; readonly pipeline: PipelineOptions };

/** What opens a model of each form, given what the caller says of it. */
export type Openers<F extends Folder = Folder> = Readonly<
  Record<Format, (located: Located<F>, asked: Asked) => Promise<Model>>
>;

/**
 * Opens a model by the opener of its form.
 *
 * @throws ArgumentError `bad-description`, and those of the opener.
 */
export const openLocated = async <F extends Folder>(
  openers: Openers<F>,
  located: Located<F>,
  { imageSize, clipSkip, ...description }: ModelDescription & PipelineOptions,
): Promise<Model> => {
  const pipeline = given({ imageSize, clipSkip });
  if (located.format !== 'diffusers') refusePipelineOptions(located, pipeline);
  return openers[located.format](located, { description: checkDescription(description), pipeline });
};

/** On TensorFlow.js, from any folder. */
export const TFJS_OPENERS: Openers = {
  async diffusers(located, { description, pipeline }) {
    refuseDescription(located, description);
    return openModel(located.folder, pipeline);
  },
  async tfjs({ folder, file = 'model.json' }, { description }) {
    const { openTfjsModel } = await import('./openTfjsModel.ts'); // a bundle without such models need not hold it
    return openTfjsModel(folder, file, description);
  },
  async onnx({ place }) {
    throw new ArgumentError('bad-engine', `${place} is an ONNX file, which runs in Node only, from a disk`);
  },
};

/** The fields that have a value. */
export const given = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** @throws ArgumentError `unexpected-option`: a network of somebody else's has one size. */
const refusePipelineOptions = ({ place }: Located, options: PipelineOptions): void => {
  const [name] = Object.keys(options);
  if (name === undefined) return;
  const rule = `${name} is for folders in diffusers' layout, and ${place} is none`;
  throw new ArgumentError('unexpected-option', `${rule}; leave it out`);
};

/** @throws ArgumentError `unexpected-description`: a folder in diffusers' layout says all of itself. */
export const refuseDescription = ({ place }: Located, description: ModelDescription): void => {
  const [field] = Object.keys(description);
  if (field === undefined) return;
  const remedy = 'leave it out, or write what its files lack into boomerang.json';
  throw new ArgumentError('unexpected-description', `${field} is for models in one file, ${place} is none; ${remedy}`);
};
