import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Tfjs from '@tensorflow/tfjs-core';
import type { Attributes } from '../../apps/anonymise/embedder.ts';
import { largest, type OpenReader } from './faceReader.ts';
import { boxInPicture, clipped, squareAround, viewOf, wholeOf } from './view.ts';

type HumanFace = {
  readonly box: readonly [left: number, top: number, width: number, height: number];
  readonly age?: number;
  readonly gender?: string;
  readonly emotion?: readonly { readonly score: number; readonly emotion: string }[];
  readonly embedding?: readonly number[];
};

/** What is used of Human. */
type Human = {
  load(): Promise<void>;
  detect(
    view: Tfjs.Tensor4D,
    options: object,
  ): Promise<{ readonly face: readonly HumanFace[]; readonly error: string | null }>;
};

const OFF = { enabled: false } as const;

/** Nothing but faces, nothing kept of the picture before, no picture mended. */
const CONFIG = {
  ...{ backend: 'wasm', debug: false, async: false, warmup: 'none', cacheSensitivity: 0, skipAllowed: false },
  ...{ filter: OFF, body: OFF, hand: OFF, object: OFF, gesture: OFF, segmentation: OFF },
  face: {
    enabled: true,
    detector: { rotation: false, maxDetected: 50, minConfidence: 0.2 },
    mesh: { enabled: true }, // drops what looks like a face from afar only
    ...{ iris: OFF, attention: OFF, antispoof: OFF, liveness: OFF },
  },
};

/** How much larger than the picture what is shown is: a face that fills it is found only with room around it. */
const TIMES = 1.5;

/** Sides of what is shown: small pictures are enlarged, large ones made smaller. */
const [LEAST_SIDE, MOST_SIDE] = [384, 1536];

/**
 * Opens `@vladmandic/human`: BlazeFace, a mesh of the face and its 1,024 numbers. It finds faces that take up a good part
 * of the picture. Boxes hold the whole head.
 */
export const openHuman: OpenReader = async ({ tf, folder, load }) => {
  const { Human } = load('dist/human.node-wasm.js') as { readonly Human: new (config: object) => Human };
  fetchFromDisk();
  const human = new Human({ ...CONFIG, modelBasePath: `${pathToFileURL(join(folder, 'models'))}/` });
  await human.load();
  const look = async (picture: Tfjs.Tensor3D, isDescribed: boolean) => {
    const whole = wholeOf(picture);
    const square = squareAround(whole, TIMES);
    const size = Math.round(Math.min(MOST_SIDE, Math.max(LEAST_SIDE, square.side)));
    const view = viewOf(tf, picture, { ...square, size, outside: 0 });
    const part = { enabled: isDescribed };
    const options = { face: { description: part, emotion: part } }; // Human keeps what it was told last
    const { face, error } = await human.detect(view, options).finally(() => view.dispose());
    if (error) throw new Error(error);
    return face.map((one) => {
      const [left, top, width, height] = one.box;
      return { ...one, box: clipped(boxInPicture({ top, left, height, width }, square, size), picture) };
    });
  };
  return {
    detect: async (picture) => (await look(picture, false)).map(({ box }) => box),
    async describe(picture) {
      const face = largest((await look(picture, true)).filter(({ embedding }) => embedding && embedding.length > 0));
      return face?.embedding ? { vector: [...face.embedding], attributes: attributesOf(face) } : null;
    },
  };
};

const attributesOf = ({ age, gender, emotion = [] }: Omit<HumanFace, 'box'>): Attributes => {
  const strongest = emotion.reduce<(typeof emotion)[number] | undefined>(
    (most, one) => (most && most.score >= one.score ? most : one),
    undefined,
  );
  return {
    ...(age === undefined ? {} : { age }),
    ...(gender === undefined ? {} : { gender }),
    ...(strongest ? { emotion: strongest.emotion } : {}),
  };
};

/** Human asks for its weights by `fetch`, which knows no files in Node; in this thread it knows nothing else. */
const fetchFromDisk = (): void => {
  globalThis.fetch = async (address) => new Response(await readFile(fileURLToPath(String(address))));
};
