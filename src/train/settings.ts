import { ArgumentError } from '../errors.ts';
import type { TrainingData } from './trainingData.ts';
import type { RunOptions } from './trainOptions.ts';

/**
 * Everything that decides the weights of a run, with its defaults filled in, those of its kind among it; null stands for
 * what is off.
 */
export type Settings = Readonly<Record<string, unknown>> & {
  readonly seed: string | number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly warmUp: number;
  readonly ema: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly flip: boolean;
  /** What is learned from, and the weights to start from, each in a few characters. */
  readonly images: string;
  readonly start: string | null;
};

export const settingsOf = (images: TrainingData, options: RunOptions): Settings => ({
  config: options.config,
  steps: options.steps ?? null,
  epochs: options.epochs ?? null,
  minutes: options.minutes ?? null,
  seed: options.seed,
  batchSize: options.batchSize ?? 64,
  learningRate: options.learningRate ?? 4e-4,
  warmUp: options.warmUp ?? 200,
  ema: options.ema ?? 0.999,
  weightDecay: options.weightDecay ?? 0.01,
  clipNorm: options.clipNorm ?? 1,
  flip: options.flip ?? false,
  images: describeImages(images),
  start: options.start ? checksum([...options.start.values()].map(({ data }) => data)) : null,
});

/**
 * Refuses to go on with a run of other settings. What the saved ones do not mention, an older version did not know.
 *
 * @param whose what was saved, for the message.
 * @throws ArgumentError `another-run`; the message names what differs, with both values.
 */
export const refuseOtherSettings = (
  whose: string,
  saved: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): void => {
  const [was, is] = [spelt(saved), spelt(now)];
  const names = new Set([...was.keys(), ...[...is.keys()].filter((name) => (name.split('.')[0] as string) in saved)]);
  const differences = [...names].flatMap((name) => {
    const [old, own] = [was.get(name) ?? 'absent', is.get(name) ?? 'absent'];
    return old === own ? [] : [`${name} was ${old} and is ${own}`];
  });
  if (differences.length === 0) return;
  const remedy = 'repeat the options it was started with, or begin another run';
  throw new ArgumentError('another-run', `${whose} is of another run: ${differences.join('; ')}; ${remedy}`);
};

/** Values by name as JSON; the fields of records each by itself, so that a message names the one that differs. */
const spelt = (settings: Readonly<Record<string, unknown>>): Map<string, string> =>
  new Map(
    Object.entries(settings).flatMap(([name, value]) => {
      const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
      const fields: [string, unknown][] = isRecord
        ? Object.entries(value).map(([field, own]) => [`${name}.${field}`, own])
        : [[name, value]];
      return fields.flatMap(([key, own]): [string, string][] =>
        own === undefined ? [] : [[key, JSON.stringify(own)]],
      );
    }),
  );

const LOOKED_AT = 64;

/** How many, of what size, and a checksum of their labels and of some of them. */
const describeImages = ({ count, imageShape, labels, pixels }: TrainingData): string => {
  const every = Math.max(1, Math.floor(count / LOOKED_AT));
  const some = Array.from({ length: Math.min(count, LOOKED_AT) }, (_, n) => pixels(n * every));
  return `${count} of ${imageShape.join(' x ')}, checksum ${checksum([...some, Float32Array.from(labels ?? [])])}`;
};

/** @see Fowler, Noll and Vo's hash, FNV-1a, of whole numbers of 32 bits; the shift lets high bits reach low ones. */
const checksum = (parts: readonly Float32Array[]): string => {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    for (const bits of new Uint32Array(part.buffer, part.byteOffset, part.length)) {
      hash = Math.imul(hash ^ bits, 0x01000193);
      hash ^= hash >>> 15;
    }
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
};
