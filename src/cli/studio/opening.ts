import type { Opening } from '../../studio/export/opening.ts';
import { foldersOf } from '../foldersOption.ts';
import { toSize } from '../openAsked.ts';
import type { StudioOptions } from './options.ts';

/** What the command line says of how the model and the images are opened, for a program that opens the same. */
export const openingOf = (options: StudioOptions): Opening => {
  const { revision, engine, device, precision, imageSize, clipSkip, backend, fit } = options;
  return {
    load: {
      ...(revision === 'main' ? {} : { revision }),
      ...(engine === 'auto' ? {} : { engine }),
      ...(device === 'auto' ? {} : { device }),
      ...(precision === 'float32' ? {} : { precision }),
      ...(imageSize === undefined ? {} : { imageSize: toSize(imageSize) }),
      ...(clipSkip === undefined ? {} : { clipSkip: Number(clipSkip) }),
    },
    images: { ...(fit === 'exact' ? {} : { fit }), ...foldersOf(options) },
    ...(backend === 'auto' ? {} : { backend }),
  };
};
