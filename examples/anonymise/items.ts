/**
 * Copies of a data set's images that are not to be traced to their originals, without faces: items of clothing.
 *
 *   npx tsx examples/anonymise/items.ts
 */
import * as tf from '@tensorflow/tfjs-core';
import { anonymise, chooseBackend, type Embedder, loadModel, openImages } from 'tfjs-boomerang';

await chooseBackend();
const items = await openImages('examples/images');
const [images] = await items.dataset({ batch: items.count }).toArray();

/** What tells items apart: their pixels in small. For faces: `await loadEmbedder('face-api')`. */
const small = (side: number): Embedder =>
  Object.assign(
    (pictures: tf.Tensor4D) =>
      tf.tidy(
        () => tf.reshape(tf.image.resizeBilinear(pictures, [side, side]), [pictures.shape[0], -1]) as tf.Tensor2D,
      ),
    { id: `pixels at ${side} x ${side}` },
  );

// #region anonymise
const model = await loadModel('boomerang:fashion-28');
const { copies, places, report } = await anonymise(model, images?.xs as tf.Tensor4D, {
  embed: small(14), // chooses how far images must be thrown
  judge: small(28), // judges the copies, on images of others: never the same
  target: 0.4, // of the copies may be traced to their originals, at the upper end of the interval
  strengths: [0.5, 0.7, 0.9], // left out: 0.1 to 0.9
});
console.log(`strength ${report.chosen.strength}: ${copies.shape[0]} copies, of originals ${places.slice(0, 5)}, …`);
console.log(`traced to their originals: ${report.identity.own.rank1?.share} of them`);
console.log(`most of them by this search: ${report.attacks?.worst.own}`);
// #endregion
model.dispose();
