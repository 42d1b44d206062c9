import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../src/models/model.ts';
import { type Benchmark, networkSeconds, type Setting } from './benchmark.ts';
import { FASHION } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { detailOf, deviationOf, eachImage, testImages } from './images.ts';
import { findLanes, type Lane, laneFacts, type OpenLane, openLane, withLanes } from './lanes.ts';
import { networkGflop } from './network.ts';
import { compareStrengths } from './solverStrengths.ts';
import { distances, returnsOf, rootMeanSquare } from './solverTrial.ts';
import { checkWays, REFERENCE, STRENGTH, type Way, waysOf, YARDSTICK } from './solverWays.ts';
import { exactly, ratios, summarise } from './statistics.ts';

/** A quarter of the yardstick's evaluations. */
const WANTED_EVALUATIONS = 5;

const countOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 4 : 256);
/** Of which so many are taken for the long table of one strength. */
const FEW = 32;

export const solvers: Benchmark = {
  about: 'which solver comes nearest to the converged return, with how many evaluations?',
  seconds({ quick }) {
    const evaluations = quick ? 4 * 600 : FEW * 650 + countOf({ quick }) * 460; // of all ways together
    return 10 + networkSeconds('onnx', networkGflop('fashion') * evaluations);
  },
  async *run(setting) {
    const { lanes } = await findLanes();
    const open = openLane(lanes[0] as Lane, FASHION).then((lane) => [lane]);
    yield* withLanes(open, async function* ([lane]) {
      const { model, enter } = lane as OpenLane;
      await enter();
      const images = await testImages(model, countOf(setting), setting);
      const few = tf.slice(images, [0, 0, 0, 0], [Math.min(FEW, images.shape[0]), -1, -1, -1]);
      const engine = laneFacts(lane as OpenLane);
      const common = { bench: 'solvers', quick: setting.quick };
      try {
        for await (const figure of compare(model, few, setting)) yield { ...figure, engine };
        for await (const figure of compareStrengths(model, images, common)) yield { ...figure, engine };
      } finally {
        tf.dispose([images, few]);
      }
    });
  },
};

/** A way back with the error of each image: its RMS distance from where the converged return leads, in [0, 1]. */
type Tried = Way & { readonly errors: readonly number[] };

/** A figure before it is said what computed it. */
type Finding = Omit<Figure, 'engine'>;

async function* compare(model: Model, images: tf.Tensor4D, { quick }: Setting): AsyncGenerator<Finding> {
  const walk = (way: Way): Promise<Float32Array[]> => returnsOf(model, images, way, STRENGTH);
  const truth = eachImage(await images.data<'float32'>(), images.shape[0]);
  const converged = await walk(REFERENCE);
  const errorsOf = (variants: readonly Float32Array[]): number[] => distances(variants, converged);

  for (const way of checkWays(quick)) {
    const at = { solver: way.solver, spacing: way.spacing, evaluations: way.evaluations };
    const errors = errorsOf(await walk(way));
    yield { bench: 'solvers', table: 'is it converged?', at, what: 'error', unit: '', ...summarise(errors) };
  }
  const tried: Tried[] = [];
  for (const way of waysOf(model, quick)) {
    const variants = await walk(way);
    const errors = errorsOf(variants);
    tried.push({ ...way, errors });
    const at = { solver: way.solver, spacing: way.spacing };
    const common = { bench: 'solvers', at, what: String(way.evaluations), unit: '' };
    const kept = (measure: (images: readonly Float32Array[]) => number) => exactly(measure(variants) / measure(truth));
    yield { ...common, table: ERROR_TABLE, ...exactly(rootMeanSquare(errors)) };
    yield { ...common, table: 'deviation kept, by evaluations', ...kept(deviationOf) };
    yield { ...common, table: 'detail kept, by evaluations', ...kept((all) => detailOf(all, model.imageShape)) };
  }
  yield* bestOf(tried);
}

export const ERROR_TABLE = 'error, by evaluations';

/** For each number of evaluations the best way, in units of the yardstick. */
function* bestOf(tried: readonly Tried[]): Generator<Finding> {
  const { solver, spacing, evaluations } = YARDSTICK;
  const yardstick = tried.find((way) => way.solver === solver && way.spacing === spacing && way.steps === evaluations);
  const counts = [...new Set(tried.map((way) => way.evaluations))];
  for (const count of counts) {
    const among = tried.filter((way) => way.evaluations === count);
    const best = among.toSorted((a, b) => rootMeanSquare(a.errors) - rootMeanSquare(b.errors))[0];
    if (best === undefined || yardstick === undefined) continue;
    const at = { evaluations: count, solver: best.solver, spacing: best.spacing };
    const share = summarise(ratios(best.errors, yardstick.errors));
    const wanted = count === WANTED_EVALUATIONS ? { wanted: { most: 1 } } : {};
    const what = `error / that of ${solver} with ${evaluations}`;
    yield {
      bench: 'solvers',
      table: 'the best at each number of evaluations',
      at,
      what,
      unit: '',
      ...share,
      ...wanted,
    };
  }
}
