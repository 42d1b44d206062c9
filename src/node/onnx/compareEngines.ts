import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../../models/model.ts';
import { openModel } from '../../models/openModel.ts';
import { imageNoise } from '../../tensors/noise.ts';
import type { DiskFolder } from '../folder.ts';
import { openOnnxFile } from './openOnnxFile.ts';

/**
 * By how much an ONNX file differs from the checkpoint that it was made of, run by tfjs: the largest difference in one
 * evaluation of noise, as a share of the largest output.
 */
export const compareEngines = async (folder: DiskFolder, onnxFile: string): Promise<number> => {
  const exported = await openOnnxFile(onnxFile, {}, { device: 'cpu', sessions: 1 });
  try {
    const source = await openModel(folder);
    try {
      return difference(source, exported);
    } finally {
      source.dispose();
    }
  } finally {
    exported.dispose();
  }
};

const difference = (source: Model, exported: Model): number =>
  tf.tidy(() => {
    const x = imageNoise([['compare engines']], source.imageShape);
    const timestep = Math.floor(source.scheduler.schedule.alphaBar.length / 2);
    const labels = source.labels ? 0 : undefined;
    const [wanted, got] = [source.predict(x, timestep, labels), exported.predict(x, timestep, labels)];
    const largest = (y: tf.Tensor): number => tf.max(tf.abs(y)).dataSync()[0] ?? Number.NaN;
    return largest(tf.sub(wanted, got)) / largest(wanted);
  });
