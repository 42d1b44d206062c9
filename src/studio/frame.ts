/*
 * Where a value lies in a drawing. The chart, and whatever is moved by hand above it, share these, so that a handle is
 * where its line is.
 */

export type Point = { readonly x: number; readonly y: number };

/** The ends of an axis, in values; both differ. */
export type Domain = readonly [from: number, to: number];

/** A drawing in pixels, and what its axes stand for. */
export type Frame = { readonly width: number; readonly height: number; readonly x: Domain; readonly y: Domain };

/** Room for the axes and their names, in pixels. */
export const MARGINS = { top: 24, right: 18, bottom: 40, left: 46 } as const;

/** The pixel of a value, from the upper left corner; beyond the frame for values beyond its axes. */
export const toPixels = ({ width, height, x, y }: Frame, point: Point): Point => {
  const { top, right, bottom, left } = MARGINS;
  return {
    x: left + shareOf(x, point.x) * (width - left - right),
    y: height - bottom - shareOf(y, point.y) * (height - top - bottom),
  };
};

/** The value at a pixel, within the axes. */
export const toValues = ({ width, height, x, y }: Frame, pixel: Point): Point => {
  const { top, right, bottom, left } = MARGINS;
  return {
    x: valueAtShare(x, (pixel.x - left) / (width - left - right)),
    y: valueAtShare(y, (height - bottom - pixel.y) / (height - top - bottom)),
  };
};

const shareOf = ([from, to]: Domain, value: number): number => (value - from) / (to - from);

const valueAtShare = ([from, to]: Domain, share: number): number => from + (to - from) * within(share, [0, 1]);

/** The nearest value between two. */
export const within = (value: number, [low, high]: Domain): number => Math.min(high, Math.max(low, value));

/** The nearest multiple of a step, without the dust of binary fractions. */
export const rounded = (value: number, step = 0.01): number => Number((Math.round(value / step) * step).toFixed(6));
