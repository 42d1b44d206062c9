import type * as Tfjs from '@tensorflow/tfjs-core';
import type { Tf } from './faceReader.ts';

export type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
type Landmarks = {
  shiftBy(x: number, y: number): Landmarks;
  align(none?: null, options?: { readonly useDlibAlignment: true }): Rect;
};
type Net = { loadFromDisk(folder: string): Promise<void> };

/** What is used of face-api. */
export type FaceApi = {
  readonly nets: {
    readonly tinyFaceDetector: Net & {
      locateFaces(
        picture: Tfjs.Tensor4D,
        options: unknown,
      ): Promise<readonly { readonly box: Rect; readonly score: number }[]>;
    };
    readonly faceLandmark68Net: Net & { detectLandmarks(face: Tfjs.Tensor3D): Promise<Landmarks> };
    readonly faceRecognitionNet: Net & { computeFaceDescriptor(face: Tfjs.Tensor3D): Promise<Float32Array> };
    readonly ageGenderNet: Net & {
      predictAgeAndGender(face: Tfjs.Tensor3D): Promise<{ readonly age: number; readonly gender: string }>;
    };
    readonly faceExpressionNet: Net & {
      predictExpressions(face: Tfjs.Tensor3D): Promise<{
        asSortedArray(): readonly [{ readonly expression: string }, ...unknown[]];
      }>;
    };
  };
  readonly Rect: new (x: number, y: number, width: number, height: number) => Rect;
  readonly TinyFaceDetectorOptions: new (options: {
    readonly inputSize: number;
    readonly scoreThreshold: number;
  }) => unknown;
  extractFaceTensors(picture: Tfjs.Tensor4D, faces: readonly Rect[]): Promise<readonly Tfjs.Tensor3D[]>;
};

/** The package, and the TensorFlow.js that it runs on. */
export type FaceApiTools = { readonly tf: Tf; readonly api: FaceApi };
