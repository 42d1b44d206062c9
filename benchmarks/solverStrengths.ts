import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../src/models/model.ts';
import type { Figure } from './figure.ts';
import { distances, returnsOf } from './solverTrial.ts';
import { type Way, YARDSTICK } from './solverWays.ts';
import { ratios, summarise } from './statistics.ts';

const STRENGTHS = [0.2, 0.4, 0.6, 0.8];
const QUICK_STRENGTHS = [0.4];
/** Those that come nearest, each with the spacing that suits it. */
const WAYS = [
  { solver: 'dpm++2m', spacing: 'karras' },
  { solver: 'unipc', spacing: 'karras' },
  { solver: 'power2m', spacing: 'power' },
] as const;
const COUNTS = [4, 5, 6];
/** Near enough to the converged return for errors of so few evaluations. */
const REFERENCE: Way = { solver: 'unipc', spacing: 'karras', steps: 50, evaluations: 50 };
/** A quarter of the yardstick's evaluations, by the solver that is made for so few. */
const WANTED = { solver: 'power2m', evaluations: 5 } as const;

type Finding = Omit<Figure, 'engine'>;

/** The errors of a few evaluations at several strengths, image by image as shares of the yardstick's. */
export async function* compareStrengths(
  model: Model,
  images: tf.Tensor4D,
  { bench, quick }: { readonly bench: string; readonly quick: boolean },
): AsyncGenerator<Finding> {
  for (const strength of quick ? QUICK_STRENGTHS : STRENGTHS) {
    const walk = (way: Way) => returnsOf(model, images, way, strength);
    const converged = await walk(REFERENCE);
    const yardstick = distances(await walk(YARDSTICK), converged);
    for (const { solver, spacing } of WAYS) {
      for (const evaluations of COUNTS) {
        const errors = distances(await walk({ solver, spacing, steps: evaluations, evaluations }), converged);
        const isWanted = solver === WANTED.solver && evaluations === WANTED.evaluations;
        yield {
          bench,
          table: 'error / that of ddim with 20 evaluations, by evaluations',
          at: { strength, solver, spacing },
          what: String(evaluations),
          unit: '',
          ...summarise(ratios(errors, yardstick)),
          ...(isWanted ? { wanted: { most: 1 } } : {}),
        };
      }
    }
  }
}
