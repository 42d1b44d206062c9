import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { boomerangAugment } from '../src/index.ts';
import { type Benchmark, networkSeconds, type Setting } from './benchmark.ts';
import { FASHION, withScratch, writeCifar } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { findLanes, laneFacts, laneName, networkSubject, type OpenLane, openLane, withLanes } from './lanes.ts';
import { interleave, type Subject } from './measure.ts';
import { networkGflop } from './network.ts';
import { ratios, summarise } from './statistics.ts';

const STEPS = 5;
const WANTED = { most: 0.03 };
const CASES = [
  { network: 'fashion', batch: 16, slowest: 'wasm' },
  { network: 'fashion', batch: 64, slowest: 'onnx' },
  { network: 'cifar', batch: 4, slowest: 'onnx' }, // on others it would take minutes to learn the same
] as const;

const casesOf = ({ quick }: Pick<Setting, 'quick'>) => (quick ? CASES.slice(0, 1) : CASES);
const roundsOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 3 : 9);

export const augment: Benchmark = {
  about: 'how much does everything but the network cost?',
  seconds(setting) {
    const once = casesOf(setting).map(({ network, batch, slowest }) => {
      const gflop = 2 * STEPS * batch * networkGflop(network);
      return networkSeconds('onnx', gflop) + (slowest === 'wasm' ? networkSeconds('wasm', gflop) : 0);
    });
    return 10 + (roundsOf(setting) + 2) * once.reduce((sum, each) => sum + each, 0);
  },
  run: (setting) =>
    withScratch(async function* (scratch) {
      const { lanes } = await findLanes();
      for (const [n, { network, batch, slowest }] of casesOf(setting).entries()) {
        const folder = network === 'cifar' ? await writeCifar(join(scratch, String(n))) : FASHION;
        for (const lane of slowest === 'wasm' ? lanes : lanes.slice(0, 1)) {
          const open = openLane(lane, folder).then((opened) => [opened]);
          yield* withLanes(open, async function* ([opened]) {
            yield* measureCase(opened as OpenLane, { network, batch }, setting);
          });
        }
      }
    }),
};

type Case = { readonly network: string; readonly batch: number };

async function* measureCase(lane: OpenLane, { network, batch }: Case, setting: Setting): AsyncGenerator<Figure> {
  const subjects = {
    whole: augmentSubject(lane, batch),
    network: networkSubject(lane, { batch, calls: STEPS }),
  };
  const times = await interleave(subjects, { rounds: roundsOf(setting), leastMs: setting.quick ? 50 : 300 });
  const rest = ratios(times.network, times.whole).map((share) => 1 - share);
  const common = {
    bench: 'augment',
    engine: laneFacts(lane),
    at: { network, engine: laneName(lane), batch, steps: STEPS },
  };
  const perSecond = (ms: readonly number[]) => summarise(ms.map((each) => (1000 * batch) / each));
  yield { ...common, what: 'variants', unit: '1/s', ...perSecond(times.whole) };
  yield { ...common, what: 'network alone', unit: '1/s', ...perSecond(times.network) };
  yield { ...common, what: 'share of all else', unit: '', ...summarise(rest), wanted: WANTED };
}

/** What `dataset.mapAsync(augment.async)` does with a batch, from images in to pixels out. */
const augmentSubject = ({ model, enter }: OpenLane, batch: number): Subject => {
  const augment = boomerangAugment({ model, strength: 0.4, steps: STEPS, seed: 'benchmark' });
  let epoch = 0;
  return {
    prepare: enter,
    async run() {
      const images = tf.tidy(() => grey(batch, model.imageShape));
      augment.setEpoch(epoch);
      epoch += 1;
      const variants = await augment.async(images);
      await variants.data();
      tf.dispose([images, variants]);
    },
  };
};

const grey = (batch: number, shape: OpenLane['model']['imageShape']): tf.Tensor4D => tf.fill([batch, ...shape], 0.5);
