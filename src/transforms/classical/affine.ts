/**
 * Where a pixel comes from: the point (x, y) of the result shows the point
 * `(a x + b y + c, d x + e y + f)` of the image. Points are in pixels, from the centre of the image, y downwards.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const UNMOVED: Affine = [1, 0, 0, 0, 1, 0];

/** Left and right change sides. */
export const MIRRORED: Affine = [-1, 0, 0, 0, 1, 0];

/** Moves an image to the right and down. */
export const shifted = (right: number, down: number): Affine => [1, 0, -right, 0, 1, -down];

/** Turns an image anticlockwise about its centre. */
export const rotated = (degrees: number): Affine => {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos, -sin, 0, sin, cos, 0];
};

/** Slants an image: `x` pixels to the right for each pixel upwards, `y` downwards for each to the left. */
export const sheared = (x: number, y: number): Affine => [1, x, 0, y, 1, 0];

/** One change, then another: a pixel comes from where the first put what the second shows. */
export const chained = ([a, b, c, d, e, f]: Affine, [A, B, C, D, E, F]: Affine): Affine => [
  a * A + b * D,
  a * B + b * E,
  a * C + b * F + c,
  d * A + e * D,
  d * B + e * E,
  d * C + e * F + f,
];

export const isUnmoved = (affine: Affine): boolean => affine.every((number, n) => number === UNMOVED[n]);
