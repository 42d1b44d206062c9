import type * as tf from '@tensorflow/tfjs-core';
import type { FoundPackage } from './facePackages.ts';
import { startFaceThread } from './faceThread.ts';
import type { OpenEmbedder } from './openEmbedder.ts';
import { pictureBytes } from './pictureBytes.ts';
import type { Question } from './protocol.ts';

/**
 * Opens a package for faces as an embedder of the largest face of each picture, which also tells age, gender and
 * expression. The caller's TensorFlow.js is not touched: the package runs in a thread, on WebAssembly.
 *
 * @throws EnvironmentError `embedder-failed`.
 */
export const openFaceEmbedder = async ({ id, start }: FoundPackage): Promise<OpenEmbedder> => {
  const thread = await startFaceThread(id, start);
  const question = async (images: tf.Tensor4D, wanted: Question['wanted']): Promise<Omit<Question, 'id'>> => {
    const [count, height, width] = images.shape;
    return { wanted, bytes: await pictureBytes(images), shape: [count, height, width] };
  };
  const embed = async (images: tf.Tensor4D) => {
    const answer = await thread.ask(await question(images, 'faces'));
    return 'faces' in answer ? answer.faces : [];
  };
  const detect = async (images: tf.Tensor4D) => {
    const answer = await thread.ask(await question(images, 'boxes'));
    return 'boxes' in answer ? answer.boxes : [];
  };
  return Object.assign(embed, { id, detect, dispose: thread.dispose });
};
