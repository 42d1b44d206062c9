import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { sha256 } from '../../src/checkpoints/digest.ts';
import { BoomerangError, loadModel } from '../../src/index.ts';
import { keptFolder } from '../../src/web/keep/keptFolder.ts';

/** What came of asking for something in a page. */
export type Outcome = {
  /** SHA-256 of a file, or a model's digest. */
  readonly value?: string;
  readonly error?: { readonly code: string; readonly name: string; readonly message: string };
  readonly warnings: readonly string[];
  readonly progress: readonly (readonly [file: string, done: number, total: number])[];
};

const warnings: string[] = [];
console.warn = (text: string) => warnings.push(text);

type Asking = { readonly address: string; readonly path?: string; readonly sha256?: Readonly<Record<string, string>> };

const outcome = async (work: (onProgress: OnProgress) => Promise<string>): Promise<Outcome> => {
  const progress: [string, number, number][] = [];
  warnings.length = 0;
  try {
    const value = await work(({ file, done, total }) => progress.push([file, done, total]));
    return { value, warnings: [...warnings], progress };
  } catch (error) {
    if (!(error instanceof BoomerangError)) throw error;
    const { code, name, message } = error;
    return { error: { code, name, message }, warnings: [...warnings], progress };
  }
};

type OnProgress = (progress: { readonly file: string; readonly done: number; readonly total: number }) => void;

const read = ({ address, path = '', ...options }: Asking): Promise<Outcome> =>
  outcome(async (onProgress) => sha256(await keptFolder(address, { onProgress, ...options }).read(path)));

const open = ({ address, ...options }: Asking): Promise<Outcome> =>
  outcome(async (onProgress) => {
    await tf.setBackend('cpu');
    const model = await loadModel(address, { engine: 'tfjs', onProgress, ...options });
    model.dispose();
    return model.digest;
  });

/** Turns a bit of what is kept. */
const damage = async (): Promise<void> => {
  const cache = await caches.open('tfjs-boomerang');
  for (const key of (await cache.keys()).filter(({ url }) => url.endsWith('/0'))) {
    const bytes = new Uint8Array((await (await cache.match(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await cache.put(key, new Response(bytes));
  }
};

const keptCount = async (): Promise<number> => (await (await caches.open('tfjs-boomerang')).keys()).length;

Object.assign(globalThis, { read, open, damage, keptCount });
