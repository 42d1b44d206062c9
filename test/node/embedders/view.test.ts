import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { boxInPicture, clipped, squareAround, viewOf, wholeOf } from '../../../src/node/embedders/view.ts';
import { expectNoLeak } from '../../support/tensors.ts';

/** Each pixel says where it lies: row, column, and a mark. */
const plan = (height: number, width: number): tf.Tensor3D =>
  tf.tidy(() => {
    const rows = tf.tile(tf.reshape(tf.range(0, height), [height, 1, 1]), [1, width, 1]);
    const columns = tf.tile(tf.reshape(tf.range(0, width), [1, width, 1]), [height, 1, 1]);
    return tf.concat([rows, columns, tf.fill([height, width, 1], 200)], 2) as tf.Tensor3D;
  });

const within = (body: (picture: tf.Tensor3D) => void, [height, width] = [8, 8]): Promise<void> =>
  expectNoLeak(() => {
    const picture = plan(height as number, width as number);
    tf.tidy(() => body(picture));
    picture.dispose();
  });

describe('a view of a picture', () => {
  it('is the picture itself where it shows the whole of it in its own size', () =>
    within((picture) => {
      const view = viewOf(tf, picture, { ...squareAround(wholeOf(picture), 1), size: 8, outside: 0 });
      expect(tf.squeeze(view, [0])).to.be.tensorCloseTo(picture, 1e-4);
    }));

  it('has what lies outside around it, in one grey', () =>
    within((picture) => {
      const view = viewOf(tf, picture, { ...squareAround(wholeOf(picture), 2), size: 16, outside: 127 });
      expect(tf.slice(view, [0, 4, 4, 0], [1, 8, 8, 3])).to.be.tensorCloseTo(tf.expandDims(picture), 1e-4);
      for (const corner of [0, 15]) {
        expect(Array.from(tf.slice(view, [0, corner, corner, 0], [1, 1, 1, 3]).dataSync())).to.deep.equal([
          127, 127, 127,
        ]);
      }
    }));

  it('keeps proportions, with a square around a picture that is none', () =>
    within(
      (picture) => {
        const square = squareAround(wholeOf(picture), 1);
        expect(square).to.deep.equal({ top: -3, left: 0, side: 10 });
        const view = viewOf(tf, picture, { ...square, size: 10, outside: 0 });
        expect(tf.slice(view, [0, 3, 0, 0], [1, 4, 10, 3])).to.be.tensorCloseTo(tf.expandDims(picture), 1e-4);
      },
      [4, 10],
    ));

  it('shows each point where boxInPicture says that it lies', () =>
    within((picture) => {
      const [square, size] = [{ top: 1, left: 2, side: 4 }, 16];
      const view = viewOf(tf, picture, { ...square, size, outside: 0 });
      for (const [y, x] of [
        [4, 4],
        [10, 6],
      ] as const) {
        const { top, left, height, width } = boxInPicture({ top: y, left: x, height: 1, width: 1 }, square, size);
        const [row, column] = tf.slice(view, [0, y, x, 0], [1, 1, 1, 2]).dataSync();
        expect(row).to.be.closeTo(top + height / 2 - 0.5, 1e-4); // pixel 0 has its middle at 0.5
        expect(column).to.be.closeTo(left + width / 2 - 0.5, 1e-4);
      }
    }));

  it('has boxes cut off at the edges of the picture', () =>
    within((picture) => {
      const cut = (top: number, left: number) => clipped({ top, left, height: 4, width: 4 }, picture);
      expect(cut(2, 2)).to.deep.equal({ top: 2, left: 2, height: 4, width: 4 });
      expect(cut(-1, 6)).to.deep.equal({ top: 0, left: 6, height: 3, width: 2 });
      expect(cut(9, 0)).to.include({ height: 0 });
    }));
});
