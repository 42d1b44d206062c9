import type { Box } from '../../apps/anonymise/boxes.ts';
import type { Face } from './faceReader.ts';

/** Packages that find faces and tell them apart. */
export type FacePackage = 'face-api' | 'human';

/** What the thread is told at its start: where packages lie. */
export type ThreadStart = {
  readonly name: FacePackage;
  readonly folder: string;
  /** File of the backend's package, beside which lies its WebAssembly. */
  readonly backend: string;
  /** File of the converter's package, where it is needed. */
  readonly converter?: string;
};

/** Pictures `[n, height, width, 3]` as bytes, and what is wanted of them. */
export type Question = {
  readonly id: number;
  readonly wanted: 'faces' | 'boxes';
  readonly bytes: Uint8Array;
  readonly shape: readonly [count: number, height: number, width: number];
};

/** `id` is that of the question; 0 answers the start. */
export type Answer = { readonly id: number } & (
  | { readonly faces: readonly (Face | null)[] }
  | { readonly boxes: readonly (readonly Box[])[] }
  | { readonly ready: true }
  | { readonly fault: string }
);
