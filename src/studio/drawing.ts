import { pointAt, scheduleFrom, valueAt } from '../schedules/schedules.ts';
import type { Curve } from './choice.ts';
import { rounded, within } from './frame.ts';

/** The kinds of curves that can be drawn by hand, by the names that their configs have. */
export const CURVE_KINDS = ['constant', 'ramp', 'cosine', 'cyclic', 'stepwise', 'perEpoch'] as const;

export type CurveKind = (typeof CURVE_KINDS)[number];

/** A curve as it is drawn: a config of the library, taken apart. */
export type Drawing = {
  readonly kind: CurveKind;
  /** One for constant; two for ramp, cosine and cyclic; one for each step or epoch. In [0, 1]. */
  readonly values: readonly number[];
  /** Epochs of a wave; used by cyclic alone. */
  readonly period: number;
  /** Epochs in which the curve grows from 0; 0 for none. */
  readonly warmUp: number;
};

const USUAL_PERIOD = 5;

/** Most epochs for which each has a value of its own: they all stand in the address of the page. */
export const MOST_FREE = 1000;

/** A curve taken apart; undefined for one that a session brought and that cannot be drawn, such as `during`. */
export const drawingOf = (curve: Curve): Drawing | undefined => {
  if (typeof curve === 'number') return { kind: 'constant', values: [curve], period: USUAL_PERIOD, warmUp: 0 };
  const [name, first, second, third] = curve;
  if (name === 'warmUp') {
    const then = drawingOf(second as Curve);
    return then && then.warmUp === 0 ? { ...then, warmUp: first as number } : undefined;
  }
  const kind = CURVE_KINDS.find((one) => one === name);
  if (kind === undefined) return undefined;
  const values = (Array.isArray(first) ? first : kind === 'constant' ? [first] : [first, second]) as number[];
  return { kind, values, period: (third as number | undefined) ?? USUAL_PERIOD, warmUp: 0 };
};

/** The config of a drawing: what is exported, and so what is drawn. */
export const curveOf = ({ kind, values, period, warmUp }: Drawing): Curve => {
  const [first = 0, second = first] = values;
  const then = (): Curve => {
    if (kind === 'constant') return first;
    if (kind === 'ramp' || kind === 'cosine') return [kind, first, second];
    return kind === 'cyclic' ? [kind, first, second, period] : [kind, [...values]];
  };
  return warmUp === 0 ? then() : ['warmUp', warmUp, then()];
};

/**
 * What a curve gives in each epoch.
 *
 * @throws ArgumentError `bad-config`, `bad-schedule`.
 */
export const valuesOf = (curve: Curve, epochs: number): number[] => {
  const schedule = scheduleFrom(curve);
  return Array.from({ length: epochs }, (_, epoch) => valueAt(schedule, pointAt(epoch, epochs)));
};

/** Epochs whose variants are shown below a schedule: at 0, 25, 50, 75 and 100 % of the run. */
export const shownEpochs = (epochs: number): number[] => [
  ...new Set([0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (epochs - 1)))),
];

/** Ticks of an axis of epochs: the first, and round numbers as people count, from 1 on. */
export const epochTicks = (epochs: number): number[] => {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, epochs / 7)));
  const step = [1, 2, 5, 10].map((one) => one * magnitude).find((one) => epochs / one <= 8) ?? 1;
  const round = Array.from({ length: Math.floor(epochs / step) }, (_, n) => (n + 1) * step - 1);
  return [...new Set([0, ...round])];
};

/** Why a curve, which may come from a session or an address, cannot be followed; undefined where it can. */
export const curveFault = (curve: Curve, epochs: number): string | undefined => {
  try {
    const odd = valuesOf(curve, epochs).find((value) => !(value >= 0 && value <= 1));
    return odd === undefined ? undefined : `a schedule must stay between 0 and 1, got ${odd}`;
  } catch (error) {
    return (error as Error).message;
  }
};

/** The same course as another kind of curve, as near as that kind can come. */
export const drawnAs = (drawing: Drawing, kind: CurveKind, epochs: number): Drawing => {
  const values = valuesOf(curveOf({ ...drawing, warmUp: 0 }), epochs).map((value) => rounded(value, 0.001));
  const at = (share: number): number => values[Math.round(share * (epochs - 1))] ?? 0;
  const as = (...some: readonly number[]): Drawing => ({ ...drawing, kind, values: some });
  if (kind === 'constant') return as(at(0.5));
  if (kind === 'perEpoch') return as(...values);
  if (kind === 'stepwise') return as(at(1 / 6), at(1 / 2), at(5 / 6));
  if (kind !== 'cyclic') return as(at(0), at(1));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const period = within(Math.round(epochs / 4), [2, Math.max(2, epochs)]);
  return { ...as(low === high ? rounded(low / 2) : low, high), period };
};

/** A stepwise curve of another number of steps: steps at the end come and go. */
export const withSteps = (drawing: Drawing, count: number): Drawing => {
  const last = drawing.values.at(-1) ?? 0;
  return { ...drawing, values: Array.from({ length: count }, (_, n) => drawing.values[n] ?? last) };
};

/** The curve over a run of another length: values of single epochs are spread anew, warm-up and waves still fit. */
export const stretched = (curve: Curve, from: number, to: number): Curve => {
  const drawing = drawingOf(curve);
  if (drawing === undefined) return curve;
  const warmUp = Math.min(drawing.warmUp, to - 1);
  const period = within(drawing.period, [2, Math.max(2, to)]);
  if (drawing.kind !== 'perEpoch') return curveOf({ ...drawing, warmUp, period });
  const { values } = drawing;
  const last = values.length - 1;
  const spread = Array.from({ length: to }, (_, epoch) => {
    const place = to === 1 ? 0 : (epoch / (to - 1)) * Math.min(last, from - 1);
    const [before, after] = [values[Math.floor(place)] ?? 0, values[Math.min(last, Math.ceil(place))] ?? 0];
    return rounded(before + (after - before) * (place % 1), 0.001);
  });
  return curveOf({ ...drawing, values: spread, warmUp });
};
