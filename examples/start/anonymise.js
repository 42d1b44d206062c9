// #region anonymise
import * as tf from '@tensorflow/tfjs-core';
import { anonymise, boomerang, chooseBackend, loadModel } from 'tfjs-boomerang';

await chooseBackend();
const model = await loadModel('boomerang:fashion-28');
const noise = tf.randomUniform([40, ...model.imageShape], 0, 1, 'float32', 1);
const originals = await boomerang(model, noise, { strength: 1, seed: 'draw' }); // or yours, [N, 28, 28, 1] in [0, 1]

// What tells images apart. Here it is their pixels in small; for faces, loadEmbedder('face-api') and ('human').
const small = (side) =>
  Object.assign(
    (images) => tf.tidy(() => tf.reshape(tf.image.resizeBilinear(images, [side, side]), [images.shape[0], -1])),
    { id: `pixels at ${side} x ${side}` },
  );
const { copies, report } = await anonymise(model, originals, {
  embed: small(14), // chooses how far the images are thrown
  judge: small(28), // judges the copies, on images of others
  target: 0.5, // of the copies may be traced to their originals, at the upper end of the interval
  strengths: [0.5, 0.7, 0.9], // left out: 0.1 to 0.9
  attacks: false, // left out: it is tried what others might find
});
console.log(`strength ${report.chosen.strength}: ${copies.shape[0]} copies`);
console.log(`${report.identity.own.rank1?.share} of them are traced to their originals`);
// #endregion
