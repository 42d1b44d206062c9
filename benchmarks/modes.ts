import * as tf from '@tensorflow/tfjs-core';
import { type AugmentOptions, boomerangAugment, byClass, ramp } from '../src/index.ts';
import { imageNoise } from '../src/tensors/noise.ts';
import type { Benchmark } from './benchmark.ts';
import { FASHION } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { findLanes, type Lane, laneFacts, openLane, withLanes } from './lanes.ts';
import { interleave, type Subject } from './measure.ts';
import { ratios, summarise } from './statistics.ts';
import { trivialModel } from './trivialModel.ts';

const BATCH = 16;
const STEPS = 5;
/** A classifier that costs nothing. */
const classifier = (images: tf.Tensor4D): tf.Tensor => tf.fill([images.shape[0], 10], 0.1);

const MODES: Readonly<Record<string, Partial<AugmentOptions>>> = {
  plain: {},
  'ramp of strength': { strength: ramp(0.3, 0.4), epochs: 100 },
  'range of strengths': { strength: { from: 0.3, to: 0.5 } },
  'strength by class': { strength: byClass({ 0: 0.3 }, 0.4), labels: 'ys' },
  pairs: { mode: 'pair' },
  'soft labels': { labels: 'ys', softLabels: { gamma: 2 } },
  'kept by a classifier': { labels: 'ys', keep: { classifier, topK: 10 } },
  'kept by distance': { distance: { max: 1 } },
  'a bank of 2': { bank: 2 },
};

export const modes: Benchmark = {
  about: 'what do schedules, filters and mixing modes cost beside the network?',
  seconds: ({ quick }) => (quick ? 20 : 120),
  async *run(setting) {
    const { lanes } = await findLanes();
    const open = openLane(lanes[0] as Lane, FASHION).then((lane) => [lane]);
    yield* withLanes(open, async function* ([lane]) {
      if (!lane) return;
      await lane.enter();
      const rounds = setting.quick ? 3 : 9;
      const real = await interleave(subjects({ model: lane.model }), { rounds });
      const least = { rounds: setting.quick ? 5 : 15, leastMs: setting.quick ? 30 : 100, now: processorMs };
      const bare = await interleave(subjects({ model: trivialModel(lane.model.imageShape) }), least);
      for (const mode of Object.keys(MODES)) {
        const common = { bench: 'modes', engine: laneFacts(lane), at: { mode } };
        yield { ...common, what: 'a variant', unit: 'ms', ...summarise((real[mode] ?? []).map((ms) => ms / BATCH)) };
        const alone = (bare[mode] ?? []).map((ms) => ms / BATCH);
        yield { ...common, what: 'without a network, of the processor', unit: 'ms', ...summarise(alone) };
        yield {
          ...common,
          what: 'against plain',
          unit: '',
          ...summarise(ratios(real[mode] ?? [], real['plain'] ?? [])),
        };
        const plain = summarise(real['plain'] ?? []).median;
        const more = (bare[mode] ?? []).map((ms, n) => (ms - (bare['plain']?.[n] ?? 0)) / plain);
        const wanted = mode === 'ramp of strength' || mode === 'range of strengths' ? { wanted: { most: 0.01 } } : {};
        yield {
          ...common,
          what: 'plan and bookkeeping, of a plain variant',
          unit: '',
          ...summarise(more),
          ...wanted,
        } satisfies Figure;
      }
    });
  },
};

/** Processor time of this process: what others do on the machine does not count. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const subjects = ({ model }: Pick<AugmentOptions, 'model'>): Record<string, Subject> =>
  Object.fromEntries(
    Object.entries(MODES).map(([mode, options]) => {
      const augment = boomerangAugment({ model, strength: 0.4, steps: STEPS, seed: 'benchmark', ...options });
      let epoch = 0;
      const run = async (): Promise<void> => {
        augment.setEpoch(epoch);
        epoch += 1;
        const paths = Array.from({ length: BATCH }, (_, n) => ['image', n]);
        const xs = tf.tidy(() => tf.sigmoid(imageNoise(paths, model.imageShape)) as tf.Tensor4D);
        const ys = tf.tidy(() =>
          tf.cast(
            tf.oneHot(
              tf.tidy(() => tf.range(0, BATCH, 1, 'int32')),
              10,
            ),
            'float32',
          ),
        );
        const made = await augment.async({ xs, ys });
        tf.dispose([xs, ys, made]);
      };
      return [mode, { run }];
    }),
  );
