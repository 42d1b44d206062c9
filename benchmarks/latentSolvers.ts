import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../src/models/model.ts';
import { openImages } from '../src/node/data/openImages.ts';
import { type Benchmark, networkSeconds, type Setting } from './benchmark.ts';
import { findLanes, type Lane, laneFacts, type OpenLane, openLane, withLanes } from './lanes.ts';
import { compareStrengths } from './solverStrengths.ts';

const countOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 4 : 256);
const BENCH = 'latentSolvers';

export const latentSolvers: Benchmark = {
  about: 'and with another model, --model DIR, such as one of latents, on images in --data?',
  seconds: ({ quick }) => 10 + networkSeconds('onnx', countOf({ quick }) * (quick ? 115 : 460)),
  async *run(setting) {
    const { model: folder, say } = setting;
    if (folder === undefined) return say(`${BENCH}: not measured; it needs --model and --data`);
    const { lanes } = await findLanes();
    const open = openLane(lanes[0] as Lane, folder).then((lane) => [lane]);
    yield* withLanes(open, async function* ([lane]) {
      const { model, enter } = lane as OpenLane;
      await enter();
      const images = await imagesFor(model, setting);
      try {
        for await (const figure of compareStrengths(model, images, { bench: BENCH, quick: setting.quick }))
          yield { ...figure, engine: laneFacts(lane as OpenLane) };
      } finally {
        images.dispose();
      }
    });
  },
};

/** The first images of a folder as one batch in [0, 1], owned by the caller. */
const imagesFor = async ({ imageShape }: Model, { data = '.', quick, say }: Setting): Promise<tf.Tensor4D> => {
  const [height, width, channels] = imageShape;
  const set = await openImages(data, { size: [height, width], channels });
  const count = Math.min(set.count, countOf({ quick }));
  say(`images: the first ${count} of ${set.count}`);
  const values = new Float32Array(count * height * width * channels);
  for (let n = 0; n < count; n += 1) {
    values.set(
      set.pixels(n).map((value) => (value + 1) / 2),
      n * height * width * channels,
    );
  }
  return tf.tensor4d(values, [count, height, width, channels]);
};
