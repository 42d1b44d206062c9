/**
 * A thread in which a package for faces runs, with a TensorFlow.js of its own: nothing of the caller's backend or engine
 * is touched, and the event loop is free meanwhile. It answers one question after another.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type * as Wasm from '@tensorflow/tfjs-backend-wasm';
import { loadBundle } from './bundle.ts';
import { openFaceApi } from './faceApi.ts';
import type { FaceReader, OpenReader, Tf } from './faceReader.ts';
import { openHuman } from './human.ts';
import type { Answer, FacePackage, Question, ThreadStart } from './protocol.ts';

const OPENERS: Readonly<Record<FacePackage, OpenReader>> = { 'face-api': openFaceApi, human: openHuman };

const start = workerData as ThreadStart;

const open = async ({ name, folder, backend, converter }: ThreadStart): Promise<readonly [Tf, FaceReader]> => {
  const find = createRequire(backend);
  const tf = find('@tensorflow/tfjs-core') as Tf; // the one that the backend is registered with
  const wasm = find(backend) as typeof Wasm;
  wasm.setWasmPaths(`${dirname(backend)}/`);
  if (!(await tf.setBackend('wasm'))) throw new Error(`the WebAssembly of ${backend} does not start`);
  const stands = {
    ...{ '@tensorflow/tfjs': tf, '@tensorflow/tfjs-core': tf, '@tensorflow/tfjs-backend-wasm': wasm },
    ...(converter === undefined ? {} : { '@tensorflow/tfjs-converter': find(converter) }),
  };
  const load = (bundle: string): unknown => loadBundle(join(folder, bundle), stands);
  return [tf, await OPENERS[name]({ tf, folder, load })];
};

const answer = async ([tf, reader]: readonly [Tf, FaceReader], question: Question): Promise<Answer> => {
  const { id, wanted, bytes, shape } = question;
  const [count, height, width] = shape;
  const size = height * width * 3;
  const each = async <T>(read: (picture: ReturnType<typeof tf.tensor3d>) => Promise<T>): Promise<readonly T[]> => {
    const results: T[] = [];
    for (let n = 0; n < count; n += 1) {
      const pixels = Float32Array.from(bytes.subarray(n * size, (n + 1) * size));
      const picture = tf.tensor3d(pixels, [height, width, 3]);
      results.push(await read(picture).finally(() => picture.dispose()));
    }
    return results;
  };
  return wanted === 'boxes' ? { id, boxes: await each(reader.detect) } : { id, faces: await each(reader.describe) };
};

/** Waits for what came before, good or bad, then answers. */
const reply = async (id: number, work: () => Promise<Answer>): Promise<void> => {
  const say = (made: Answer): void => parentPort?.postMessage(made);
  try {
    say(await work());
  } catch (error) {
    say({ id, fault: error instanceof Error ? error.message : String(error) });
  }
};

const opened = open(start);
let last = reply(0, async () => {
  await opened;
  return { id: 0, ready: true };
});
parentPort?.on('message', (question: Question) => {
  last = last.then(() => reply(question.id, async () => answer(await opened, question)));
});
