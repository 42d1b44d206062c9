import { availableParallelism } from 'node:os';
import { ArgumentError, isCount, pick } from '../../src/errors.ts';
import { ARMS, armsNamed } from './arms.ts';
import type { Place } from './openBench.ts';
import type { StudyPart } from './record.ts';
import { DEFAULTS, type Settings, STRONG, TEACHER } from './settings.ts';
import type { RunName } from './worker.ts';

/** What was typed. */
export type Options = {
  readonly data?: string;
  readonly model: string;
  readonly labels: string;
  readonly arms: string;
  readonly seeds: string;
  readonly firstSeed: string;
  readonly minutes?: string;
  readonly jobs?: string;
  readonly out: string;
  readonly backend: string;
  readonly on: string;
  readonly dryRun?: boolean;
} & Readonly<Partial<Record<keyof typeof NUMBERS, string>>>;

/** Settings that are numbers, and what they may be. */
export const NUMBERS = {
  steps: {
    about: 'of every training',
    fits: (value: number) => isCount(value),
    rule: 'a whole number of at least 1',
  },
  learningRate: { about: 'of the first step', fits: (value: number) => value > 0, rule: 'above 0' },
  stepsPerLabel: {
    about: 'further steps for each labelled image of a class',
    fits: (value: number) => isCount(value, 0),
    rule: 'a whole number of at least 0',
  },
  gamma: {
    about: 'of soft labels: a variant at strength s keeps 1 - s^gamma of its label',
    fits: (value: number) => value > 0,
    rule: 'above 0',
  },
  strength: {
    about: 'of the variants',
    fits: (value: number) => value > 0 && value <= 1,
    rule: 'above 0 and at most 1',
  },
  bank: {
    about: 'variants of each image that are made before training; 0 makes new ones while it trains',
    fits: (value: number) => isCount(value, 0),
    rule: 'a whole number of at least 0',
  },
  extras: {
    about: 'extra draws of each image in a pass',
    fits: (value: number) => isCount(value),
    rule: 'a whole number of at least 1',
  },
  rare: {
    about: 'the share of its labels that every second class keeps',
    fits: (value: number) => value > 0 && value <= 1,
    rule: 'above 0 and at most 1',
  },
  validation: {
    about: 'training images that are held out',
    fits: (value: number) => isCount(value),
    rule: 'a whole number of at least 1',
  },
} as const;

/** What is to be done. */
export type Plan = {
  readonly place: Place;
  readonly asked: Omit<StudyPart, 'command'>;
  readonly runs: readonly RunName[];
  readonly jobs: number;
  /** After which nothing more is started. */
  readonly minutes: number;
};

/**
 * Reads the options. Runs go seed by seed, so that a study that is stopped has whole comparisons; within a seed the
 * largest label counts come first, whose banks hold those of the smaller ones.
 *
 * @throws ArgumentError `unknown-arm`, `bad-labels`, `bad-seeds`, `bad-jobs`, `bad-minutes`, `bad-steps` and the like.
 */
export const readPlan = (options: Options): Plan => {
  const arms = armsNamed(options.arms);
  const labels = options.labels
    .split(',')
    .map((one) => count('labels', one))
    .sort((a, b) => b - a);
  const seeds = Array.from(
    { length: count('seeds', options.seeds) },
    (_, n) => n + count('first-seed', options.firstSeed, 0),
  );
  const { data, model, backend, out } = options;
  return {
    place: { data, model, backend, out, settings: { ...readSettings(options), ...strongSettings(arms) } },
    asked: { arms, labels: labels.toReversed(), seeds },
    runs: seeds.flatMap((seed) => labels.flatMap((perClass) => arms.map((arm) => ({ arm, labels: perClass, seed })))),
    jobs: options.jobs === undefined ? availableParallelism() : count('jobs', options.jobs),
    minutes: options.minutes === undefined ? Number.POSITIVE_INFINITY : above0('minutes', options.minutes),
  };
};

/** The name of a setting as it is typed. */
export const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const readSettings = (options: Options): Settings => {
  const given = Object.entries(NUMBERS).flatMap(([name, { fits, rule }]) => {
    const text = options[name as keyof typeof NUMBERS];
    if (text === undefined) return [];
    if (text !== '' && fits(Number(text))) return [[name, Number(text)]];
    throw new ArgumentError(`bad-${flagOf(name)}`, `--${flagOf(name)} must be ${rule}, got ${text}`);
  });
  const on = pick({ validation: 'validation', test: 'test' } as const, options.on, 'kind of images');
  return { ...DEFAULTS, ...Object.fromEntries(given), on };
};

/** What strong arms need; absent where there is none, since whatever is there is part of a study's name. */
const strongSettings = (arms: readonly string[]): Partial<Settings> =>
  arms.some((name) => ARMS[name]?.strong) ? { strong: STRONG, teacher: TEACHER } : {};

const count = (name: string, text: string, least = 1): number => {
  if (text.trim() !== '' && isCount(Number(text), least)) return Number(text);
  throw new ArgumentError(`bad-${name}`, `--${name} takes whole numbers of at least ${least}, got "${text}"`);
};

const above0 = (name: string, text: string): number => {
  if (Number(text) > 0) return Number(text);
  throw new ArgumentError(`bad-${name}`, `--${name} takes a number above 0, got "${text}"`);
};
