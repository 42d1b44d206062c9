import { kebab } from '../checks.ts';
import { ArgumentError, isCount } from '../errors.ts';
import type { Lesson, Run } from './lesson.ts';
import type { Settings } from './settings.ts';
import type { TrainingData } from './trainingData.ts';
import type { RunOptions } from './trainOptions.ts';

type Prepared = {
  readonly lesson: Lesson;
  readonly settings: Settings;
  /** Height, width and channels that the networks take. */
  readonly shape: readonly number[];
};

/** @throws ArgumentError `bad-length`, `bad-batch-size`, `bad-micro-batch`, `bad-image-shape`. */
export const prepareRun = (images: TrainingData, options: RunOptions, { lesson, settings, shape }: Prepared): Run => {
  checkCount('batchSize', settings.batchSize);
  if (options.microBatch !== undefined) checkCount('microBatch', options.microBatch);
  if (String(shape) !== String(images.imageShape)) {
    throw new ArgumentError(
      'bad-image-shape',
      `the config is for images of [${shape}], these are [${images.imageShape}]; resize them`,
    );
  }
  return { images, lesson, settings, progress: lengthOf(options, images.count, settings.batchSize) };
};

const lengthOf = (
  { steps, epochs, minutes, reserveMs = 0 }: RunOptions,
  count: number,
  batchSize: number,
): Run['progress'] => {
  const given = Object.entries({ steps, epochs, minutes }).filter(([, value]) => value !== undefined);
  const [name, value] = given[0] ?? [];
  const isGood = name === 'steps' ? isCount(value) : (value ?? 0) > 0;
  if (given.length !== 1 || !isGood) {
    const got = JSON.stringify(Object.fromEntries(given));
    throw new ArgumentError(
      'bad-length',
      `say how long to train with one of steps, epochs, minutes, above 0; got ${got}`,
    );
  }
  if (minutes !== undefined) {
    const own = Math.max(1, minutes * 60_000 - reserveMs);
    return (_, elapsedMs) => elapsedMs / own;
  }
  const total = steps ?? Math.ceil(((epochs as number) * count) / batchSize);
  return (done) => done / total;
};

const checkCount = (name: string, value: number): void => {
  if (isCount(value)) return;
  throw new ArgumentError(`bad-${kebab(name)}`, `${name} must be a whole number of at least 1, got ${value}`);
};
