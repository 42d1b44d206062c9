import { DESCRIPTION_FIELDS } from '../checkpoints/sidecar.ts';
import { checkNames, shown } from '../checks.ts';
import { ArgumentError, isCount } from '../errors.ts';

export type ImageSize = readonly [height: number, width: number];

/** How a folder in diffusers' layout is to be opened, where that is not as its configs say. */
export type PipelineOptions = {
  /**
   * Height and width of the images, one number for a square, instead of what the network was made for: a network of
   * latents takes others as well, best not far from its own. 256 is the size for a processor without a GPU.
   */
  readonly imageSize?: number | ImageSize;
  /** Layers that are left out at the end of the text encoder, as some models were trained. @defaultValue 0 */
  readonly clipSkip?: number;
};

export const PIPELINE_OPTIONS = ['imageSize', 'clipSkip'] as const satisfies readonly (keyof PipelineOptions)[];

/** Options that were read. */
export type ReadPipelineOptions = { readonly imageSize?: ImageSize; readonly clipSkip?: number };

/** @throws ArgumentError `bad-image-size`, `bad-clip-skip`. */
export const readPipelineOptions = ({ imageSize, clipSkip }: PipelineOptions): ReadPipelineOptions => {
  if (clipSkip !== undefined && !isCount(clipSkip, 0)) {
    throw new ArgumentError('bad-clip-skip', `clipSkip must be a whole number of at least 0, got ${shown(clipSkip)}`);
  }
  return {
    ...(imageSize === undefined ? {} : { imageSize: readSize(imageSize) }),
    ...(clipSkip === undefined ? {} : { clipSkip }),
  };
};

const readSize = (given: unknown): ImageSize => {
  const [height, width, ...rest]: unknown[] = Array.isArray(given) ? given : [given, given];
  if (isCount(height) && isCount(width) && rest.length === 0) return [height, width];
  const rule = 'imageSize must be a whole number of at least 1, or [height, width]';
  throw new ArgumentError('bad-image-size', `${rule}, got ${shown(given)}; use 256, say`);
};

/**
 * Refuses options that `loadModel` does not have, as a misspelt one would be lost in silence, and what they cannot be,
 * before anything is fetched.
 *
 * @param known names beside those that describe a model.
 * @throws ArgumentError `bad-options` for what is no object, `unknown-option`, `bad-image-size`, `bad-clip-skip`.
 */
export const checkLoadOptions = (options: unknown, known: readonly string[]): void => {
  checkNames('loadModel', [...known, ...PIPELINE_OPTIONS, ...DESCRIPTION_FIELDS], options);
  readPipelineOptions(options as PipelineOptions);
};
