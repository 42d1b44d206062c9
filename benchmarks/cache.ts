import type * as tf from '@tensorflow/tfjs-core';
import { boomerangAugment } from '../src/index.ts';
import type { Model } from '../src/models/model.ts';
import { type Benchmark, networkSeconds, type Setting } from './benchmark.ts';
import { FASHION } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { eachImage, rmsDistance, testImages } from './images.ts';
import { findLanes, type Lane, laneFacts, type OpenLane, openLane, withLanes } from './lanes.ts';
import { networkGflop } from './network.ts';
import { exactly, type Summary, summarise } from './statistics.ts';

const BRANCHES = [0, 0.25, 0.5, 0.75];
const REUSES = [1, 2, 4, 8];
const VARIANTS = 8;
const STEPS = 8;

const countOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 2 : 16);

/** A branch without reuse changes nothing: every epoch has a throw of its own. */
const PRICES = REUSES.flatMap((reuse) => (reuse === 1 ? [0] : BRANCHES).map((branch) => ({ reuse, branch })));

export const cache: Benchmark = {
  about: 'what do reused throws cost in diversity, and what do they save?',
  seconds: (setting) =>
    5 + networkSeconds('onnx', PRICES.length * VARIANTS * STEPS * countOf(setting) * networkGflop('fashion')),
  async *run(setting) {
    const { lanes } = await findLanes();
    const open = openLane(lanes[0] as Lane, FASHION).then((lane) => [lane]);
    yield* withLanes(open, async function* ([lane]) {
      const { model, enter } = lane as OpenLane;
      await enter();
      const images = await testImages(model, countOf(setting), setting);
      try {
        for await (const figure of priceList(model, images)) yield { ...figure, engine: laneFacts(lane as OpenLane) };
      } finally {
        images.dispose();
      }
    });
  },
};

async function* priceList(model: Model, images: tf.Tensor4D): AsyncGenerator<Omit<Figure, 'engine'>> {
  let dearest: number | undefined;
  for (const { reuse, branch } of PRICES) {
    const { evaluations, distances } = await variantsOf(model, images, { reuse, branch });
    const diversity = summarise(distances);
    dearest ??= diversity.median;
    const common = { bench: 'cache', at: { reuse, branch }, unit: '' };
    yield { ...common, what: 'evaluations a variant', ...exactly(evaluations) };
    yield { ...common, what: 'distance of variants', ...diversity };
    yield { ...common, what: 'share of the diversity', ...scaled(diversity, 1 / dearest) };
  }
}

const scaled = ({ median, q1, q3, runs }: Summary, factor: number): Summary => ({
  median: median * factor,
  q1: q1 * factor,
  q3: q3 * factor,
  runs,
});

type Price = { readonly reuse: number; readonly branch: number };

/** Evaluations for a variant, and for each image the mean distance between its variants. */
const variantsOf = async (model: Model, images: tf.Tensor4D, price: Price) => {
  const options = { model, strength: 0.4, steps: STEPS, solver: 'ddim', eta: 1, seed: 'benchmark', ...price };
  const augment = boomerangAugment(options);
  const variants: Float32Array[] = [];
  for (let epoch = 0; epoch < VARIANTS; epoch += 1) {
    augment.setEpoch(epoch);
    const changed = await augment.async(images);
    variants.push(await changed.data<'float32'>());
    changed.dispose();
  }
  const { evaluations, changed } = augment.stats();
  const apart = variants.map((values) => eachImage(values, images.shape[0]));
  const distances = Array.from({ length: images.shape[0] }, (_, n) =>
    meanPairwise(apart.map((each) => each[n] as Float32Array)),
  );
  return { evaluations: evaluations / changed, distances };
};

const meanPairwise = (variants: readonly Float32Array[]): number => {
  const distances = variants.flatMap((a, n) => variants.slice(n + 1).map((b) => rmsDistance(a, b)));
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
};
