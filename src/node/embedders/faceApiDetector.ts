import type * as Tfjs from '@tensorflow/tfjs-core';
import type { Box } from '../../apps/anonymise/boxes.ts';
import type { FaceApiTools } from './faceApiPackage.ts';
import { area } from './faceReader.ts';
import { boxInPicture, clipped, squareAround, viewOf, wholeOf } from './view.ts';

/**
 * How a picture is shown to the detector, which finds faces of 64 to 160 pixels: from large ones to small ones. One that
 * fills the picture takes room around it, `times` its own side. Smallest found are an eighth of the picture's side.
 */
export const LOOKS = [
  { times: 2, size: 256 },
  { times: 2.5, size: 256 },
  { times: 1.5, size: 256 },
  { times: 1, size: 256 },
  { times: 1, size: 512 },
] as const;

type Look = (typeof LOOKS)[number];

const LEAST_SCORE = 0.5;

/** Less of an edge to a picture than black: more small faces are found before it. */
const GREY = 127;

/** Boxes that share more than this of both are of one face. */
const SAME_FACE = 0.3;

/** `whole` may reach beyond the picture, as faces do that are cut off. */
export type Located = { readonly box: Box; readonly whole: Box; readonly score: number };

/** Looks for faces once. */
export const locate = async (
  { tf, api }: FaceApiTools,
  picture: Tfjs.Tensor3D,
  { times, size }: Look,
): Promise<readonly Located[]> => {
  const square = squareAround(wholeOf(picture), times);
  const view = viewOf(tf, picture, { ...square, size, outside: GREY });
  const options = new api.TinyFaceDetectorOptions({ inputSize: size, scoreThreshold: LEAST_SCORE });
  const faces = await api.nets.tinyFaceDetector.locateFaces(view, options).finally(() => view.dispose());
  return faces
    .map(({ box: { x, y, height, width }, score }) => {
      const whole = boxInPicture({ top: y, left: x, height, width }, square, size);
      return { box: clipped(whole, picture), whole, score };
    })
    .filter(({ box }) => area(box) > 0);
};

/** Of boxes around the same face only the surest. */
export const distinct = (found: readonly Located[]): readonly Located[] => {
  const kept: Located[] = [];
  for (const face of [...found].sort((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => overlap(box, face.box) <= SAME_FACE)) kept.push(face);
  }
  return kept;
};

/** What two boxes share, as a share of what both cover. */
const overlap = (a: Box, b: Box): number => {
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const both = Math.max(0, height) * Math.max(0, width);
  return both / (area(a) + area(b) - both);
};
