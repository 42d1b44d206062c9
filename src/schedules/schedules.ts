import { ArgumentError, isCount } from '../errors.ts';

/** A point in a run of training. */
export type EpochPoint = {
  /** From 0 on. */
  readonly epoch: number;
  /** Epochs of the whole run, if they are known. */
  readonly epochs: number | undefined;
  /** 0 in the first epoch, 1 in the last and beyond. */
  readonly progress: number;
};

/**
 * A number that changes over a run: a function of progress, 0 in the first epoch and 1 in the last. Those that are made
 * here know how to write themselves down (`config`); your own functions run as well, but cannot be saved.
 */
export type Schedule = ((progress: number, at: EpochPoint) => number) & { readonly config?: ScheduleConfig };

/** A schedule as plain JSON: the name of its maker, then its arguments. */
export type ScheduleConfig = readonly [name: string, ...args: readonly unknown[]];

type Follow = (progress: number, at: EpochPoint) => number;
/** @throws ArgumentError `bad-schedule` for an argument that is absent or not finite. */
const made = <F extends Follow>(follow: F, ...config: ScheduleConfig): F & { readonly config: ScheduleConfig } => {
  const [name, ...args] = config;
  const isOdd = (arg: unknown): boolean => arg === undefined || (typeof arg === 'number' && !Number.isFinite(arg));
  const odd = args.flat().findIndex(isOdd);
  if (odd >= 0) throw bad(`${name} needs finite numbers, got ${args.flat()[odd]}`);
  return Object.assign(follow, { config });
};

/** A schedule made of another one: written down only if that one can be. */
const madeOf = (follow: Follow, then: number | Schedule, ...config: ScheduleConfig): Schedule =>
  configOf(then) === undefined ? follow : made(follow, ...config, configOf(then));
/** A schedule for which progress is enough. */
export type ProgressSchedule = ((progress: number) => number) & { readonly config: ScheduleConfig };

/** The same value throughout. */
export const constant = (value: number): ProgressSchedule => made(() => value, 'constant', value);

/** In a straight line from one value to another. */
export const ramp = (from: number, to: number): ProgressSchedule =>
  made((progress) => from + (to - from) * progress, 'ramp', from, to);

/** From one value to another along half a cosine: slow at both ends. */
export const cosine = (from: number, to: number): ProgressSchedule =>
  made((progress) => from + ((to - from) * (1 - Math.cos(Math.PI * progress))) / 2, 'cosine', from, to);

/**
 * Equal shares of the run at each value in turn.
 *
 * @throws ArgumentError `bad-schedule` for an empty list.
 */
export const stepwise = (values: readonly number[]): ProgressSchedule => {
  const last = lastOf(values, 'stepwise');
  return made((progress) => values[Math.floor(progress * values.length)] ?? last, 'stepwise', values);
};

/**
 * One value for each epoch; the last one stays.
 *
 * @throws ArgumentError `bad-schedule` for an empty list.
 */
export const perEpoch = (values: readonly number[]): Schedule => {
  const last = lastOf(values, 'perEpoch');
  return made((_, { epoch }) => values[epoch] ?? last, 'perEpoch', values);
};

/**
 * Up and down in straight lines: `low` at the start of each period, `high` in its middle.
 *
 * @param period in epochs, at least 2.
 * @throws ArgumentError `bad-schedule`.
 */
export const cyclic = (low: number, high: number, period: number): Schedule => {
  if (!isCount(period, 2)) throw bad(`the period of cyclic must be a whole number of at least 2 epochs, got ${period}`);
  const height = (epoch: number): number => 1 - Math.abs(1 - (2 * (epoch % period)) / period);
  return made((_, { epoch }) => low + (high - low) * height(epoch), 'cyclic', low, high, period);
};

/**
 * Another schedule, grown from 0 over the first epochs.
 *
 * @param epochs until it is all there, at least 1.
 * @throws ArgumentError `bad-schedule`.
 */
export const warmUp = (epochs: number, then: number | Schedule): Schedule => {
  if (!isCount(epochs)) throw bad(`warmUp needs a whole number of epochs of at least 1, got ${epochs}`);
  const grown: Follow = (progress, at) => Math.min(1, at.epoch / epochs) * valueAt(then, at, progress);
  return madeOf(grown, then, 'warmUp', epochs);
};

/**
 * Another schedule between two epochs, and 0 outside of them.
 *
 * @param start the first epoch in which it holds.
 * @param stop the first epoch in which it does not any more.
 */
export const during = (start: number, stop: number, then: number | Schedule): Schedule =>
  madeOf(
    (progress, at) => (at.epoch >= start && at.epoch < stop ? valueAt(then, at, progress) : 0),
    then,
    'during',
    start,
    stop,
  );

/** The makers of schedules, by name. */
const MAKERS = { constant, ramp, cosine, stepwise, perEpoch, cyclic } as const;

/**
 * The schedule that a config stands for; a number stands for itself.
 *
 * @throws ArgumentError `bad-config`.
 */
export const scheduleFrom = (config: unknown): number | Schedule => {
  if (typeof config === 'number') return config;
  const [name, ...args] = Array.isArray(config) ? config : [];
  if (name === 'warmUp') return warmUp(args[0], scheduleFrom(args[1]));
  if (name === 'during') return during(args[0], args[1], scheduleFrom(args[2]));
  const make = Object.hasOwn(MAKERS, name)
    ? (MAKERS[name as keyof typeof MAKERS] as (...a: never[]) => Schedule)
    : undefined;
  if (make) return make(...(args as never[]));
  const names = [...Object.keys(MAKERS), 'warmUp', 'during'].join(', ');
  throw new ArgumentError(
    'bad-config',
    `${JSON.stringify(config)} is no schedule; one is a number or [name, …]: ${names}`,
  );
};

/** How a schedule is written down; undefined where only code can say it. */
export const configOf = (schedule: number | Schedule): unknown =>
  typeof schedule === 'number' ? schedule : schedule.config;

/**
 * The value of a number or schedule at a point.
 *
 * @throws ArgumentError `bad-epochs` where it needs the progress of a run whose length is not known.
 */
export const valueAt = (schedule: number | Schedule, at: EpochPoint, progress = at.progress): number =>
  typeof schedule === 'number' ? schedule : needed(schedule(progress, at), at);

/** The point at which an epoch stands; progress is NaN where the length of the run is not known. */
export const pointAt = (epoch: number, epochs: number | undefined): EpochPoint => ({
  epoch,
  epochs,
  progress: epochs === undefined ? Number.NaN : epochs === 1 ? 0 : Math.min(epoch / (epochs - 1), 1),
});

/** A value, unless it is NaN for want of progress. @throws ArgumentError `bad-epochs` */
export const needed = <T>(value: T, { epochs }: EpochPoint): T => {
  if (epochs !== undefined || !Number.isNaN(value)) return value;
  const rule = 'a strength or probability that follows progress needs { epochs }, the number of epochs of the run';
  throw new ArgumentError('bad-epochs', `${rule}; got undefined`);
};

const lastOf = (values: readonly number[], name: string): number => {
  const last = values.at(-1);
  if (last !== undefined) return last;
  throw bad(`${name} needs at least one value, got none`);
};

const bad = (rule: string): ArgumentError => new ArgumentError('bad-schedule', rule);
