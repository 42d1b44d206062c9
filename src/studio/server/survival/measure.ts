import type { Estimate } from '../../../node/tuning/scores.ts';
import { type SweepPoint, sweep } from '../../../node/tuning/sweep.ts';
import { planAmong } from '../../../returns/plan.ts';
import type { Done, SurvivalPoint } from '../../api.ts';
import { STRENGTHS } from '../../survival.ts';
import type { StudioContext } from '../context.ts';
import { type BenchWork, checkHeldOut, openBench, type SurvivalBench, withImages } from './bench.ts';
import { coarseFirst } from './coarseFirst.ts';
import type { Measured } from './kept.ts';
import { steadily } from './steadily.ts';

type Measuring = BenchWork & { readonly measured: Measured };

/** Tells what strengths do: those that were measured before at once, the others as they are measured. */
export const showSurvival = async (context: StudioContext, work: Measuring): Promise<void> => {
  const { measured, events } = work;
  checkHeldOut(context);
  for (const point of measured.points) await events.send('point', pointOf(point, measured.labels));
  const left = coarseFirst(STRENGTHS).filter((strength) => !isKnown(measured, strength));
  const progress = progressOf(context, work, left);
  for (const strength of left) {
    // One turn each: whoever waits for a variant need not wait for the whole curve.
    await context.turns.take(events.signal, () => measureStrength(context, work, { strength, progress }));
  }
  await events.send('done', {} satisfies Done);
};

const isKnown = ({ points }: Measured, strength: number): boolean =>
  points.some((point) => !point.roundTrip && point.strength === strength);

type One = { readonly strength: number; readonly progress: Progress };

const measureStrength = async (context: StudioContext, work: Measuring, { strength, progress }: One): Promise<void> => {
  const { choice, asked, measured, events } = work;
  if (isKnown(measured, strength)) return tellKnown(work, strength); // by another stream, while this one waited
  const bench = await openBench(context, work);
  measured.labels = bench.labels;
  progress.measures(bench.places.length, strength);
  await withImages(context, bench.places, (images) =>
    sweep(
      context.model,
      { ...dataOf(bench), images },
      {
        tuning: { strengths: [strength], variants: choice.measure.variants, way: asked.way, seed: choice.seed },
        signal: events.signal,
        known: measured.points.filter(({ roundTrip }) => roundTrip),
        encodings: measured.encodings,
        onEvaluated: progress.evaluated,
        async onPoint(point) {
          measured.points.push(point);
          await events.send('point', pointOf(point, measured.labels));
        },
      },
    ),
  );
};

const tellKnown = async ({ measured, events }: Measuring, strength: number): Promise<void> => {
  for (const point of measured.points) {
    if (point.strength === strength) await events.send('point', pointOf(point, measured.labels));
  }
};

const dataOf = ({ places: _, labels, classify, ...data }: SurvivalBench) => ({
  ...data,
  judge: { labels, classify },
  shown: [],
});

const pointOf = (point: SweepPoint, labels: readonly number[]): SurvivalPoint => {
  const { strength, roundTrip, retention, rms, diversity, secondsPerVariant, kept } = point;
  const judged = { retention: retention as Estimate, kept, labels }; // a classifier always is asked here
  return { strength, ...(roundTrip ? { roundTrip } : {}), ...judged, rms, diversity, secondsPerVariant };
};

type Progress = {
  readonly measures: (images: number, strength: number) => void;
  readonly evaluated: (images: number) => void;
};

/** How far the whole curve is, by network calls. */
const progressOf = ({ model }: StudioContext, work: BenchWork, left: readonly number[]): Progress => {
  const { choice, asked, events } = work;
  const calls = (strength: number): number => planAmong(model, { ...asked.way, strength }).evaluations;
  let [done, total, at] = [0, 1, 0];
  const tell = steadily((share) => events.send('stage', { text: `measuring strength ${at}`, share }));
  return {
    measures(images, strength) {
      const each = choice.measure.variants * images;
      total = Math.max(
        1,
        left.reduce((sum, one) => sum + calls(one) * each, 0),
      );
      at = strength;
    },
    evaluated(images) {
      done += images;
      tell(Math.min(0.999, done / total));
    },
  };
};
