import { CheckpointError } from '../errors.ts';
import { warnOnce } from '../warn.ts';

/** Order of the axes of images. */
export type Layout = 'NHWC' | 'NCHW';

/** Three sizes, undefined where any will do. */
export type OpenSizes = readonly (number | undefined)[];

/** Height, width and channels of sizes that lie in some layout. */
export const inOrder = ([a, b, c]: OpenSizes, layout: Layout): OpenSizes => (layout === 'NHWC' ? [a, b, c] : [b, c, a]);

/**
 * The layout in which a network takes images, where nobody says it: channels are fewer than rows and columns, and a size
 * that is open is not that of channels. Says so once when they come first.
 *
 * @param sizes of the images that it takes, then those that it gives; an empty list where the file does not say.
 * @param imageShape what the images are said to be, which decides where sizes alone do not.
 * @param name of the network, for messages.
 * @throws CheckpointError `bad-layout` where both readings make sense, or none does.
 */
export const inferLayout = (
  sizes: readonly OpenSizes[],
  imageShape: readonly number[] | undefined,
  name: string,
): Layout => {
  const fits = (layout: Layout): boolean =>
    inOrder(sizes[0] ?? [], layout).every((size, axis) => size === undefined || size === imageShape?.[axis]);
  const layout = only((each) => sizes.some((own) => isPlausible(own, each))) ?? (imageShape ? only(fits) : undefined);
  if (layout === undefined) {
    const shown = (own: OpenSizes): string => `[${[0, 1, 2].map((axis) => own[axis] ?? '?').join(', ')}]`;
    const rule = `${name} takes images ${shown(sizes[0] ?? [])}, which may be height, width, channels or channels first`;
    const remedy = 'say "layout": "NHWC" or "NCHW" in a boomerang.json beside it or in the options of loadModel';
    throw new CheckpointError('bad-layout', `${rule}; ${remedy}`);
  }
  if (layout === 'NCHW') warnOnce(`${name} is taken to hold images channels first; if not, say "layout": "NHWC"`);
  return layout;
};

const only = (test: (layout: Layout) => boolean): Layout | undefined => {
  const [found, ...others] = (['NHWC', 'NCHW'] as const).filter(test);
  return others.length === 0 ? found : undefined;
};

const isPlausible = (sizes: OpenSizes, layout: Layout): boolean => {
  const [height, width, channels] = inOrder(sizes, layout);
  const least = Math.min(height ?? Number.POSITIVE_INFINITY, width ?? Number.POSITIVE_INFINITY);
  return channels !== undefined && channels < least;
};
