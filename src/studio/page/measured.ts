import { useEffect, useState } from 'preact/hooks';
import type { About, SurvivalPoint } from '../api.ts';
import type { Choice } from '../choice.ts';

/*
 * What was measured on this machine, for all views: where labels survive, and how long a variant takes. It outlives a
 * reload, but not the tab.
 */

type Kept = { readonly points: readonly SurvivalPoint[]; readonly secondsPerVariant?: number };

const NOTHING: Kept = { points: [] };
const known = new Map<string, Kept>();
const listeners = new Set<() => void>();

const read = (key: string): Kept => {
  const own = known.get(key);
  if (own) return own;
  const kept = stored(key) ?? NOTHING;
  known.set(key, kept);
  return kept;
};

const stored = (key: string): Kept | undefined => {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined; // a browser that keeps nothing, or something that is not ours
  }
};

const write = (key: string, kept: Kept): void => {
  known.set(key, kept);
  try {
    sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // full, or forbidden: it is still there until the page is left
  }
  for (const listener of listeners) listener();
};

const keyOf = (what: string, { data, model }: About, ...rest: readonly unknown[]): string =>
  JSON.stringify(['boomerang', what, data.name, model.name, ...rest]);

const survivalKey = (about: About, { way, seed, measure: { images, variants } }: Choice): string =>
  keyOf('survival', about, way, seed, images, variants);

const speedKey = (about: About, { way }: Choice): string => keyOf('speed', about, way);

const useKept = (key: string): Kept => {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const listener = (): void => setTurn((turn) => turn + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return read(key);
};

/** The points that were measured for a choice, in the order in which they came. */
export const useSurvivalPoints = (about: About, choice: Choice): readonly SurvivalPoint[] =>
  useKept(survivalKey(about, choice)).points;

export const keepSurvivalPoint = (about: About, choice: Choice, point: SurvivalPoint): void => {
  const key = survivalKey(about, choice);
  const others = read(key).points.filter((one) => one.strength !== point.strength || one.roundTrip !== point.roundTrip);
  write(key, { points: [...others, point] });
};

/** Seconds that a variant took last, made like this; undefined until one was made. */
export const useSpeed = (about: About, choice: Choice): number | undefined =>
  useKept(speedKey(about, choice)).secondsPerVariant;

export const keepSpeed = (about: About, choice: Choice, secondsPerVariant: number): void => {
  const key = speedKey(about, choice);
  if (read(key).secondsPerVariant !== secondsPerVariant) write(key, { points: [], secondsPerVariant });
};
