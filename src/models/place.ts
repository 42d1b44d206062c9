import type { Folder } from '../checkpoints/folder.ts';
import { ArgumentError, CheckpointError } from '../errors.ts';

/** The forms in which models come: a folder in diffusers' layout, a `model.json` of TensorFlow.js, an ONNX file. */
export type Format = 'diffusers' | 'tfjs' | 'onnx';

/** What a model's place says by its spelling. */
export type Place = {
  /** As the user wrote it. */
  readonly place: string;
  readonly format: Format;
  /** Of the model's folder. */
  readonly home: string;
  /** Name of its file in there, where it is one. */
  readonly file?: string;
};

/** A place whose folder can be read. */
export type Located<F extends Folder = Folder> = Place & { readonly folder: F };

const ENDINGS: readonly (readonly [ending: RegExp, format: Format])[] = [
  [/\.json$/i, 'tfjs'],
  [/\.onnx$/i, 'onnx'],
];

const CONVERT = 'convert it to a model.json with tensorflowjs_converter, or to an ONNX file';
const REFUSED: readonly (readonly [ending: RegExp, code: string, rule: string])[] = [
  [
    /\.(ckpt|pth?|bin|pkl|pickle)$/i,
    'pickle-refused',
    'is a pickle, which may run code; save the model with save_pretrained(..., safe_serialization=True) and name its folder',
  ],
  [/\.safetensors$/i, 'unsupported-format', 'is weights alone; name the folder of the model, which says what they are'],
  [/\.(h5|hdf5|keras|pb|tflite|gguf|msgpack|npz)$/i, 'unsupported-format', `is of a form that is not read; ${CONVERT}`],
  [/\.(zip|tar|t?gz|7z|rar)$/i, 'unsupported-format', 'is an archive; unpack it and name the folder'],
];

/**
 * Tells the form of a model from its place.
 *
 * @param given what the user passed.
 * @throws ArgumentError `bad-place` for what is no text, or none.
 * @throws CheckpointError `pickle-refused`, `unsupported-format` by the ending.
 */
export const readPlace = (given: unknown): Place => {
  const place = checkText(given);
  for (const [ending, code, rule] of REFUSED) {
    if (ending.test(place)) throw new CheckpointError(code, `${place} ${rule}`);
  }
  const [, home = '.', file] = /^(?:(.*)[/\\])?([^/\\]+)$/.exec(place) ?? [];
  const format = ENDINGS.find(([ending]) => ending.test(place))?.[1];
  if (format === undefined || file === undefined) return { place, format: 'diffusers', home: place };
  return { place, format, home: home || '/', file };
};

/** @throws ArgumentError `bad-place`. */
export const checkText = (given: unknown): string => {
  if (typeof given === 'string' && given.trim() !== '' && !/^file:/i.test(given)) return given;
  const got = typeof given === 'string' ? JSON.stringify(given) : given === null ? 'null' : aOrAn(typeof given);
  const remedy = "give its folder, file, address or name on the hub as text, such as 'boomerang:fashion-28'";
  throw new ArgumentError(
    'bad-place',
    `the place of a model must be a text that is not a file: URL, got ${got}; ${remedy}`,
  );
};

const aOrAn = (type: string): string => {
  if (type === 'undefined') return type;
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
};

/** What follows `boomerang:`, by which the models are called that come with the package. */
export const shippedName = (place: string): string | undefined => /^boomerang:([\w-][\w.-]*)$/.exec(place)?.[1];

/** Whether a place can be a model on the hub: `owner/name`, and not the name of a model's file. */
export const isHubName = (place: string): boolean =>
  /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/.test(place) && !/\.\.|--|\.(onnx|json|safetensors)$/.test(place);

/** Whether a text can be a branch, a tag or a commit. */
export const isRevision = (text: unknown): boolean =>
  typeof text === 'string' && /^\w[\w./-]*$/.test(text) && !text.includes('..');
