import * as tf from '@tensorflow/tfjs-core';
import { mostCascadeEvaluations } from '../../../apps/enhance/cascades/calibrateCascade.ts';
import { measureCascade } from '../../../apps/enhance/cascades/measureCascade.ts';
import { poorer } from '../../../apps/enhance/cascades/poorer.ts';
import { degradeOf } from '../../../apps/enhance/options.ts';
import type { Model } from '../../../models/model.ts';
import { bytesOfImage, type Cost, memoryFor, secondsOf } from '../../cost.ts';
import { type CascadeBench, calibrating, originalsOf } from './bench.ts';
import type { TimedCascade } from './measure.ts';

/** So few images tell what all of them take. */
const TRIED = 8;

/** What a run takes at most, from trying one step of some images, and from none at all. */
export const estimateCascades = async (
  model: Model,
  bench: CascadeBench,
  known: readonly TimedCascade[],
): Promise<Cost> => {
  const { goal: _g, evaluations: _e, samples, ...enhancing } = calibrating(bench.tuning);
  const originals = tf.tensor4d(...originalsOf(bench, TRIED));
  const degradation = degradeOf(enhancing).of(model.imageShape);
  const seen = poorer(originals, { degradation, noise: enhancing.noise, seed: enhancing.seed });
  try {
    const work = { pairs: { originals, seen }, enhancing };
    let perStep = 1;
    const attempt = async (steps: number): Promise<void> => {
      const cascade = Array.from({ length: steps }, () => ({ strength: 0.3, steps: 1 }));
      perStep = (await measureCascade(model, cascade, work)).evaluations;
    };
    const around = await secondsOf(() => attempt(0));
    const one = await secondsOf(() => attempt(1));
    const most = mostCascadeEvaluations(model, bench.places.length, calibrating(bench.tuning));
    const done = known.reduce((sum, { evaluations }) => sum + evaluations, 0) * samples * bench.places.length;
    const evaluations = Math.max(0, most - done);
    const results = (evaluations / (perStep * TRIED)) * (1 / STEPS_OF_ONE);
    const seconds = results * around + (evaluations / (perStep * TRIED)) * Math.max(0, one - around);
    return { evaluations, seconds, memoryBytes: memoryFor(bytesOfImage(model) * bench.places.length * samples) };
  } finally {
    tf.dispose([originals, seen]);
  }
};

/** About so many steps come to a result, before and after which work is done that no step takes. */
const STEPS_OF_ONE = 10;
