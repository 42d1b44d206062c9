import { planAmong } from '../../../returns/plan.ts';
import { type Choice, USUAL } from '../../choice.ts';
import { shownEpochs, valuesOf } from '../../drawing.ts';
import { STRENGTHS } from '../../survival.ts';
import { readAsked } from '../asked.ts';
import type { StudioSetting } from '../context.ts';
import { LEAST_IMAGES } from '../survival/bench.ts';

/** A stream to follow, and what it takes: network calls, of all its images. */
export type Work = {
  readonly path: 'api/variants' | 'api/epochs' | 'api/survival';
  readonly choice: Choice;
  readonly calls: number;
  /** Variants that are told, at most. */
  readonly variants: number;
};

/** Strengths at which variants are made, beside the one that is chosen. */
export const SHOWN_STRENGTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/**
 * What is followed for a page with all that is chosen, in its order.
 *
 * @throws ArgumentError those of `readAsked`, at any of the strengths.
 */
export const workOf = (
  setting: Pick<StudioSetting, 'model' | 'data'>,
  choice: Choice,
  strengths: readonly number[],
): Work[] => {
  const { images, variants, measure, schedule } = choice;
  const { way } = readAsked(setting, choice);
  const calls = (strength: number): number =>
    strength > 0 ? planAmong(setting.model, { ...way, strength }).evaluations : 0;
  const sum = (some: readonly number[]): number => some.reduce((total, strength) => total + calls(strength), 0);
  const count = images.length * variants;
  const shown = strengths.map((strength): Work => {
    const own = { ...choice, strength };
    readAsked(setting, own);
    return { path: 'api/variants', choice: own, calls: count * calls(strength), variants: count };
  });
  const epochs = shownEpochs(schedule.epochs);
  const curve = valuesOf(schedule.strength, schedule.epochs);
  const inEpochs = { calls: images.length * sum(epochs.map((epoch) => curve[epoch] ?? 0)) };
  const drawn = [1, schedule.probability].map((probability): Work => {
    const own = { ...USUAL, images, seed: choice.seed, way: choice.way, schedule: { ...schedule, probability } };
    return { path: 'api/epochs', choice: own, ...inEpochs, variants: images.length * epochs.length };
  });
  const heldOut = Math.round(setting.data.count / 10);
  const measured = heldOut < LEAST_IMAGES ? 0 : Math.min(measure.images, heldOut) * measure.variants;
  return [...shown, ...drawn, { path: 'api/survival', choice, calls: measured * sum(STRENGTHS), variants: 0 }];
};

/** The strengths of a page: ten at most, rising. */
export const strengthsFor = ({ strength }: Choice): number[] =>
  [...new Set([...SHOWN_STRENGTHS, strength])].sort((a, b) => a - b);
