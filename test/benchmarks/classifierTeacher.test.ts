import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import type { Batch } from '../../benchmarks/classifier/batches.ts';
import { makeTeacher, type TeacherOptions } from '../../benchmarks/classifier/teacher.ts';
import { imageSet } from '../../src/node/data/imageSet.ts';

const SHAPE = [1, 1, 1] as const;
/** Image 0 is black, image 1 white. */
const images = imageSet({
  bytes: Uint8Array.of(0, 255),
  imageShape: SHAPE,
  labels: [0, 1],
  classes: ['black', 'white'],
});

/** Says black or white, the surer the further a pixel is from grey. */
const judge = (slope = 20): LayersModel => {
  const model = sequential({
    layers: [layers.flatten({ inputShape: [...SHAPE] }), layers.dense({ units: 2, activation: 'softmax' })],
  });
  model.setWeights([tf.tensor2d([[-slope, slope]]), tf.tensor1d([slope / 2, -slope / 2])]);
  return model;
};

/** Labels of a batch after a teacher has seen it: a row for each image, named and valued as told. */
const taught = async (
  drawn: Readonly<Record<string, number>>,
  options: Partial<TeacherOptions> = {},
): Promise<{ readonly labels: number[][]; readonly counts: object }> => {
  const teacher = makeTeacher(judge(), { images, sees: 'draw', decay: 0.9, threshold: 0.9, hard: true, ...options });
  const keys = Object.keys(drawn);
  const batch: Batch = {
    xs: tf.tensor4d(Object.values(drawn), [keys.length, ...SHAPE]),
    ys: tf.tensor2d(keys.map(() => [1, 0])),
    keys,
    step: 0,
  };
  const after = await teacher.transform.async(batch as never);
  const labels = (after as unknown as Batch).ys.arraySync();
  tf.dispose([batch.xs, batch.ys, (after as unknown as Batch).ys]);
  teacher.dispose();
  return { labels, counts: teacher.transform.stats() };
};

describe('the teacher of the classifier benchmark', () => {
  it('says what extra draws show, and leaves the labels of images themselves', async () => {
    const { labels, counts } = await taught({ '0': 1, '0+': 1, '1+': 0 });
    expect(labels).to.deep.equal([
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
    expect(counts).to.deep.equal({ judged: 2, used: 2 });
  });

  it('takes the loss from what it is not sure of', async () => {
    const { labels, counts } = await taught({ '0': 0.5, '0+': 0.52, '1+': 1 });
    expect(labels).to.deep.equal([
      [1, 0],
      [0, 0],
      [0, 1],
    ]);
    expect(counts).to.deep.equal({ judged: 2, used: 1 });
  });

  it('hands on all probabilities where it is asked to', async () => {
    const { labels } = await taught({ '0+': 0.52 }, { hard: false, threshold: 0 });
    expect(labels[0]?.[1]).to.be.within(0.6, 0.75);
    expect((labels[0]?.[0] ?? 0) + (labels[0]?.[1] ?? 0)).to.be.closeTo(1, 1e-6);
  });

  it('keeps the own label where it agrees, and takes the loss away where it does not', async () => {
    const { labels } = await taught({ '0+': 0, '1+': 1 }, { agrees: true });
    expect(labels).to.deep.equal([
      [1, 0],
      [0, 0],
    ]);
  });

  it('sees the image that a draw was made of, where that is asked', async () => {
    const { labels } = await taught({ '0+': 1, '1+': 0 }, { sees: 'image' });
    expect(labels).to.deep.equal([
      [1, 0],
      [0, 1],
    ]);
  });

  it('follows the classifier, soon at first and then slowly', () => {
    const average = judge(0);
    const teacher = makeTeacher(average, { images, sees: 'draw', decay: 0.9, threshold: 0.9, hard: true });
    const classifier = judge(10);
    const slope = (): number => (average.getWeights()[0] as tf.Tensor2D).arraySync()[0]?.[1] as number;
    teacher.follow(classifier);
    expect(slope()).to.be.closeTo(9, 1e-5); // of a first step a tenth stays
    for (let step = 1; step < 200; step += 1) teacher.follow(classifier);
    expect(slope()).to.be.closeTo(10, 1e-5);
    const other = judge(0);
    teacher.follow(other);
    expect(slope()).to.be.closeTo(9, 1e-5); // and of a late one nine tenths
    for (const model of [classifier, other]) model.dispose();
    teacher.dispose();
  });
});
