import type * as Tfjs from '@tensorflow/tfjs-core';
import type { Box } from '../../apps/anonymise/boxes.ts';
import type { Attributes } from '../../apps/anonymise/embedder.ts';

/** TensorFlow.js as a thread has it, apart from the caller's. */
export type Tf = typeof Tfjs;

/** A face in a picture. */
export type Face = { readonly vector: readonly number[]; readonly attributes: Attributes };

/** What finds and describes faces in pictures `[h, w, 3]` of 0 to 255, which stay the caller's. */
export type FaceReader = {
  /** Boxes around all faces, in pixels, within the picture. */
  detect(picture: Tfjs.Tensor3D): Promise<readonly Box[]>;
  /** What the largest face is like; null where there is none. */
  describe(picture: Tfjs.Tensor3D): Promise<Face | null>;
};

/** What a package is opened with. */
export type Opening = {
  readonly tf: Tf;
  /** The package's folder. */
  readonly folder: string;
  /** Loads a bundle of the package by its path in there. */
  readonly load: (bundle: string) => unknown;
};

export type OpenReader = (opening: Opening) => Promise<FaceReader>;

/** The box with the largest area. */
export const largest = <T extends { readonly box: Box }>(faces: readonly T[]): T | undefined =>
  faces.reduce<T | undefined>((most, face) => (most && area(most.box) >= area(face.box) ? most : face), undefined);

export const area = ({ height, width }: Box): number => height * width;
