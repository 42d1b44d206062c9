import { stat } from 'node:fs/promises';
import { nearest, shown } from '../../checks.ts';
import { ArgumentError } from '../../errors.ts';
import { openFaceEmbedder } from './faceEmbedder.ts';
import { FACE_PACKAGES, findFacePackage, isFacePackage } from './facePackages.ts';
import { openOnnxEmbedder, openTfjsEmbedder } from './networkEmbedder.ts';
import type { OpenEmbedder } from './openEmbedder.ts';

const FORMS: readonly (readonly [ending: RegExp, open: (path: string) => Promise<OpenEmbedder>])[] = [
  [/\.onnx$/i, openOnnxEmbedder],
  [/\.json$/i, openTfjsEmbedder],
];

/**
 * Opens what tells people or things apart: `face-api` or `human`, for which `@vladmandic/face-api` or `@vladmandic/human`
 * must be installed, or a network in a file.
 *
 * The two packages run in a thread of their own, on WebAssembly, and leave the caller's TensorFlow.js alone. They find the
 * largest face of each picture, as small as 64 x 64, and tell its age, gender and expression (of `human`: emotion) beside
 * its vector; a picture without a face gives null. `detect` finds all faces. A network is given images in [0, 1] whatever
 * it was trained on, resized to its size; for another range put a function around it.
 *
 * @param place `face-api`, `human`, the path of an ONNX file or of a `model.json` of TensorFlow.js.
 * @returns an embedder, whose `id` says what it is; dispose of it when done.
 * @throws ArgumentError `unknown-embedder`.
 * @throws EnvironmentError `missing-package`, `embedder-failed`, and those of the networks.
 * @throws CheckpointError `bad-embedder`, `bad-layout`, and those of the networks.
 */
export const loadEmbedder = async (place: string): Promise<OpenEmbedder> => {
  if (typeof place === 'string') {
    if (isFacePackage(place)) return openFaceEmbedder(findFacePackage(place));
    const open = FORMS.find(([ending]) => ending.test(place))?.[1];
    if (open && (await stat(place).catch(() => undefined))?.isFile()) return open(place);
    if (open) throw new ArgumentError('unknown-embedder', `there is no embedder ${place}; check the path`);
  }
  const near = typeof place === 'string' ? nearest(place, FACE_PACKAGES) : '';
  const rule = `choose one of: ${FACE_PACKAGES.join(', ')}, or name an .onnx file or a model.json`;
  throw new ArgumentError('unknown-embedder', `unknown embedder ${shown(place)}; ${near}${rule}`);
};
