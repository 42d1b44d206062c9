import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { CORRUPTIONS, type Corruption } from '../../benchmarks/classifier/corruptions.ts';
import { calibrationError } from '../../benchmarks/classifier/measureTrust.ts';
import { trivialAugment } from '../../benchmarks/classifier/trivial.ts';
import { uniformStream } from '../../src/random.ts';

/** Two pictures of 28 x 28 pixels in [0, 1]: waves with some noise. */
const randomImages = (): tf.Tensor4D => {
  const next = uniformStream(['corruption test']);
  const wave = (n: number): number => Math.sin((n % 28) / 4) * Math.cos(Math.floor(n / 28) / 5);
  return tf.tensor4d(
    Float32Array.from({ length: 2 * 784 }, (_, n) => 0.5 + 0.45 * wave(n) + 0.1 * (next() - 0.5)),
    [2, 28, 28, 1],
  );
};

const distance = (corrupt: Corruption): number =>
  tf.tidy(() => {
    const images = randomImages();
    return tf.mean(tf.square(tf.sub(corrupt(images, ['seed']), images))).arraySync() as number;
  });

describe('the corruptions of the classifier benchmark', () => {
  for (const [name, severities] of Object.entries(CORRUPTIONS)) {
    it(`${name} takes images further away at each of five severities, within [0, 1], and leaks nothing`, () => {
      const before = tf.memory().numTensors;
      const distances = severities.map(distance);
      expect(distances).to.have.length(5);
      expect(distances).to.deep.equal([...distances].sort((a, b) => a - b));
      expect(new Set(distances)).to.have.property('size', 5);
      for (const corrupt of severities) {
        const [images] = [randomImages()];
        const spoiled = corrupt(images, ['seed']);
        expect(spoiled.shape).to.deep.equal(images.shape);
        for (const value of spoiled.dataSync()) expect(value).to.be.within(-1e-6, 1 + 1e-6);
        tf.dispose([images, spoiled]);
      }
      expect(tf.memory().numTensors).to.equal(before);
    });
  }

  it('are the same for the same seed', () => {
    for (const [corrupt] of Object.values(CORRUPTIONS))
      expect(distance(corrupt as Corruption)).to.equal(distance(corrupt as Corruption));
  });

  it('keep the mean of a square in pixelation, and a level image in contrast and pixelation', () => {
    tf.tidy(() => {
      const [pixelate] = CORRUPTIONS['pixelation'] as [Corruption];
      const image = tf.tensor4d([0, 1, 1, 0, 0.5, 0.5, 0.5, 0.5], [1, 2, 4, 1]);
      expect([...pixelate(image, []).dataSync()]).to.deep.equal([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
      for (const name of ['contrast', 'pixelation']) {
        for (const corrupt of CORRUPTIONS[name] ?? []) {
          const level = tf.fill([1, 9, 9, 1], 0.25) as tf.Tensor4D;
          for (const value of corrupt(level, []).dataSync()) expect(value, name).to.be.closeTo(0.25, 1e-6);
        }
      }
    });
  });
});

describe('the calibration error', () => {
  const judged = (confidence: number, right: number, of: number) =>
    Array.from({ length: of }, (_, n) => ({ confidence, isRight: n < right }));

  it('is 0 for a classifier that is right as often as it says, and 1 for one that is sure and wrong', () => {
    expect(calibrationError([...judged(0.75, 3, 4), ...judged(0.5, 1, 2)])).to.be.closeTo(0, 1e-12);
    expect(calibrationError(judged(1, 0, 5))).to.equal(1);
  });

  it('weighs bins by what is in them, and does not let doubt in one make up for trust in another', () => {
    expect(calibrationError([...judged(0.9, 3, 3), ...judged(0.6, 0, 1)])).to.be.closeTo((3 * 0.1 + 0.6) / 4, 1e-12);
  });
});

describe('TrivialAugment in the classifier benchmark', () => {
  const change = async (name: string, epoch: number): Promise<number[]> => {
    const xs = tf.tidy(() => tf.slice(randomImages(), 0, 1)) as tf.Tensor4D;
    const transform = trivialAugment({ seed: 1, keys: () => [name] });
    const after = await transform.async({ xs } as never, { epoch });
    const pixels = [...(after as { xs: tf.Tensor }).xs.dataSync()];
    tf.dispose([xs, after]);
    return pixels;
  };

  it('changes an image by its name and epoch, and by nothing else', async () => {
    expect(await change('a', 3)).to.deep.equal(await change('a', 3));
    const seen = await Promise.all([1, 2, 3, 4, 5, 6].flatMap((epoch) => [change('a', epoch), change('b', epoch)]));
    expect(new Set(seen.map(String)).size).to.be.greaterThan(8); // one of ten changes is none
  });
});
