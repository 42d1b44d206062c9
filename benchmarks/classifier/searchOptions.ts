import { ArgumentError, isCount, pick } from '../../src/errors.ts';
import type { Place } from './openBench.ts';
import { DEFAULTS, type Settings } from './settings.ts';
import { TRIALS, type Trial } from './trials.ts';

/** What was typed. */
export type SearchOptions = {
  readonly data?: string;
  readonly model: string;
  readonly group: string;
  readonly only?: readonly string[];
  readonly labels: string;
  readonly seeds: string;
  readonly steps: string;
  readonly minutes?: string;
  readonly banks: string;
  readonly out: string;
  readonly dryRun?: boolean;
};

export type SearchPlan = {
  /** Its `out` is that of the banks. */
  readonly place: Place;
  readonly settings: Settings;
  readonly trials: readonly Trial[];
  readonly perClass: number;
  readonly seeds: readonly number[];
  readonly steps: number;
  /** After which nothing more is started. */
  readonly minutes: number;
  /** The file of the records. */
  readonly out: string;
};

/** @throws ArgumentError `unknown-group-of-trials`, `no-trials`, `bad-labels`, `bad-seeds`, `bad-steps`, `bad-minutes`. */
export const readSearch = (options: SearchOptions): SearchPlan => {
  const { data, model, only = [''], banks, out } = options;
  const all = options.group.split(',').flatMap((name) => pick(TRIALS, name.trim(), 'group of trials'));
  const trials = all.filter(
    ({ name }, n) => only.some((text) => name.includes(text)) && all.findIndex((one) => one.name === name) === n,
  );
  if (trials.length === 0)
    throw new ArgumentError(
      'no-trials',
      `no trial of ${options.group} has ${only.map((text) => `"${text}"`).join(' or ')} in its name`,
    );
  const steps = count('steps', options.steps, 1);
  const settings = { ...DEFAULTS, steps, stepsPerLabel: 0, on: 'validation' } as const;
  return {
    place: { data, model, backend: 'auto', out: banks, settings },
    settings,
    trials,
    perClass: count('labels', options.labels, 1),
    seeds: options.seeds.split(',').map((seed) => count('seeds', seed, 0)),
    steps,
    minutes: minutesOf(options.minutes),
    out,
  };
};

const count = (name: string, text: string, least: number): number => {
  if (text.trim() !== '' && isCount(Number(text), least)) return Number(text);
  throw new ArgumentError(`bad-${name}`, `--${name} takes whole numbers of at least ${least}, got "${text}"`);
};

const minutesOf = (text: string | undefined): number => {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (Number(text) > 0) return Number(text);
  throw new ArgumentError('bad-minutes', `--minutes takes a number above 0, got "${text}"`);
};
