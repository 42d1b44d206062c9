import * as tf from '@tensorflow/tfjs-core';
import { meanOf, normalInterval } from '../../src/calibrate/intervals.ts';
import type { Figure } from '../figure.ts';
import { exactly, type Summary } from '../statistics.ts';
import { DEEP, GRADIENTS, IDENTITY, type Judges, PSNR, type Qualities, qualitiesOf, SSIM } from './quality.ts';
import {
  BASELINE,
  degradationOf,
  type Enlarging,
  fromNoise,
  OURS,
  OURS_MEAN,
  type Pair,
  rounded,
  type Way,
} from './ways.ts';

type Finding = Omit<Figure, 'engine' | 'bench'>;

/** What was measured of a way, image by image. */
type Measured = { readonly way: string; readonly qualities: Qualities; readonly evaluations: number };

const CONSISTENCY = 'error against what was seen';
const UNITS: Readonly<Record<string, string>> = { [PSNR]: 'dB', [CONSISTENCY]: 'of 255' };

/** Every way of enlarging on the same images, batch by batch, then how far ours is ahead, image by image. */
export async function* studyOf(
  enlarging: Enlarging,
  { ways, batches, judges, say }: Study & { ways: readonly Way[]; say: (line: string) => void },
): AsyncGenerator<Finding> {
  const all: Measured[] = [];
  for (const way of ways) {
    say(`${enlarging.name}: ${way.name}`);
    const measured = await measure(way, enlarging, { batches, judges });
    yield* figuresOf(enlarging, measured);
    all.push(measured.measured);
  }
  yield* leadsOf(enlarging, all);
}

type Study = { readonly batches: () => Iterable<Pair>; readonly judges: Judges };

const measure = async (way: Way, enlarging: Enlarging, { batches, judges }: Study) => {
  const parts: Qualities[] = [];
  const [seconds, images] = [[] as number[], [] as number[]];
  let evaluations = 0;
  for (const { truth, seen, keys } of batches()) {
    const start = performance.now();
    const made = await way.enlarge(seen, keys);
    await made.images.data();
    seconds.push((performance.now() - start) / 1000);
    images.push(keys.length);
    evaluations = made.evaluations;
    const kept = rounded(made.images);
    const error = tf.tidy(() => {
      const again = degradationOf(truth, enlarging).degrade(kept);
      return tf.mul(255, tf.sqrt(tf.mean(tf.squaredDifference(again, seen), [1, 2, 3])));
    });
    parts.push({ ...(await qualitiesOf(kept, { truth, keys }, judges)), [CONSISTENCY]: [...(await error.data())] });
    tf.dispose([made.images, kept, error, truth, seen]);
  }
  const names = Object.keys(parts[0] ?? {});
  const qualities = Object.fromEntries(names.map((name) => [name, parts.flatMap((part) => part[name] ?? [])]));
  const rate = seconds.reduce((sum, one) => sum + one, 0) / images.reduce((sum, one) => sum + one, 0);
  return { measured: { way: way.name, qualities, evaluations }, rate };
};

function* figuresOf({ name }: Enlarging, { measured, rate }: Awaited<ReturnType<typeof measure>>): Generator<Finding> {
  const common = { table: name, at: { way: measured.way } };
  for (const [what, values] of Object.entries(measured.qualities)) {
    if (values.some(Number.isFinite)) yield { ...common, what, unit: UNITS[what] ?? '', ...meanAndInterval(values) };
    if (what === IDENTITY) yield { ...common, what: 'faces found', unit: '', ...exactly(shareFound(values)) };
  }
  yield { ...common, what: 'evaluations', unit: '', ...exactly(measured.evaluations) };
  yield { ...common, what: 'time', unit: 'ms an image', ...exactly(rate * 1000) };
}

const shareFound = (values: readonly number[]): number => values.filter(Number.isFinite).length / values.length;

/** A mean with its 95 % interval over images. */
const meanAndInterval = (values: readonly number[]): Summary => {
  const finite = values.filter(Number.isFinite);
  const [q1, q3] = normalInterval(finite);
  return { median: meanOf(finite), q1, q3, runs: finite.length };
};

/** Beyond which ours wanted to be ahead, by what: more is better, whichever way a measure counts. */
const WANTED: readonly (readonly [ours: string, other: string | RegExp, what: string, least: number])[] = [
  [OURS_MEAN, BASELINE, PSNR, 1],
  [OURS_MEAN, BASELINE, SSIM, 0.05],
  [OURS, BASELINE, PSNR, 0],
  [OURS, BASELINE, SSIM, 0],
  ...[PSNR, SSIM, GRADIENTS, DEEP].map((what) => [OURS, fromNoise(40), what, 0] as const),
  ...[GRADIENTS, DEEP].map((what) => [OURS, /^(bicubic|Lanczos|ESRGAN)/, what, 0] as const),
];

function* leadsOf({ name }: Enlarging, all: readonly Measured[]): Generator<Finding> {
  for (const [ours, others, what, least] of WANTED) {
    const mine = all.find(({ way }) => way === ours);
    for (const other of all.filter(({ way }) => (typeof others === 'string' ? way === others : others.test(way)))) {
      const [a, b] = [mine?.qualities[what], other.qualities[what]];
      if (a === undefined || b === undefined) continue;
      const sign = what === PSNR || what === SSIM ? 1 : -1;
      const lead = meanAndInterval(a.map((value, n) => sign * (value - (b[n] as number))));
      const at = { ours, beside: other.way };
      yield { table: `${name}: ahead, image by image`, at, what, unit: UNITS[what] ?? '', ...lead, wanted: { least } };
    }
  }
}
