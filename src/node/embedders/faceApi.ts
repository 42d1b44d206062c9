import { join } from 'node:path';
import type * as Tfjs from '@tensorflow/tfjs-core';
import type { Box } from '../../apps/anonymise/boxes.ts';
import type { Attributes } from '../../apps/anonymise/embedder.ts';
import { chainMethods } from './bundle.ts';
import { distinct, LOOKS, type Located, locate } from './faceApiDetector.ts';
import type { FaceApi, FaceApiTools, Rect } from './faceApiPackage.ts';
import { type Face, largest, type OpenReader } from './faceReader.ts';
import { squareAround, viewOf } from './view.ts';

/** Side of what is shown of a face, which takes up half of it. */
const FACE_VIEW = 300;

/**
 * Opens `@vladmandic/face-api`: its tiny detector, its landmarks, by which a face is turned into its place, and its 128
 * numbers of a face. Boxes reach from the brows to the chin.
 */
export const openFaceApi: OpenReader = async ({ tf, folder, load }) => {
  chainMethods(tf);
  const api = load('dist/face-api.node-wasm.js') as FaceApi;
  for (const net of Object.values(NETS)) await api.nets[net].loadFromDisk(join(folder, 'model'));
  return {
    async detect(picture) {
      const found: Located[] = [];
      for (const look of LOOKS) found.push(...(await locate({ tf, api }, picture, look)));
      return distinct(found).map(({ box }) => box);
    },
    async describe(picture) {
      for (const look of LOOKS) {
        const face = largest(await locate({ tf, api }, picture, look));
        if (face) return describe({ tf, api }, picture, face.whole);
      }
      return null;
    },
  };
};

const NETS = [
  'tinyFaceDetector',
  'faceLandmark68Net',
  'faceRecognitionNet',
  'ageGenderNet',
  'faceExpressionNet',
] as const;

const describe = async ({ tf, api }: FaceApiTools, picture: Tfjs.Tensor3D, box: Box): Promise<Face | null> => {
  const square = squareAround(box, 2);
  const scale = FACE_VIEW / square.side;
  const view = viewOf(tf, picture, { ...square, size: FACE_VIEW, outside: 0 });
  const found = new api.Rect(
    (box.left - square.left) * scale,
    (box.top - square.top) * scale,
    box.width * scale,
    box.height * scale,
  );
  try {
    const landmarks = await withFace(api, view, found, (face) => api.nets.faceLandmark68Net.detectLandmarks(face));
    if (!landmarks) return null;
    const shifted = landmarks.shiftBy(Math.floor(found.x), Math.floor(found.y));
    const forVector = shifted.align(null, { useDlibAlignment: true });
    const vector = await withFace(api, view, forVector, (face) =>
      api.nets.faceRecognitionNet.computeFaceDescriptor(face),
    );
    const attributes = await withFace(api, view, shifted.align(), (face) => readAttributes(api, face));
    return vector && attributes && { vector: Array.from(vector), attributes };
  } finally {
    view.dispose();
  }
};

/** Does something with a face cut out of a view; null where nothing of it lies inside. */
const withFace = async <T>(
  api: FaceApi,
  view: Tfjs.Tensor4D,
  rect: Rect,
  act: (face: Tfjs.Tensor3D) => Promise<T>,
): Promise<T | null> => {
  const [face] = await api.extractFaceTensors(view, [rect]);
  if (!face) return null;
  return act(face).finally(() => face.dispose());
};

const readAttributes = async ({ nets }: FaceApi, face: Tfjs.Tensor3D): Promise<Attributes> => {
  const { age, gender } = await nets.ageGenderNet.predictAgeAndGender(face);
  const [{ expression }] = (await nets.faceExpressionNet.predictExpressions(face)).asSortedArray();
  return { age, gender, expression };
};
