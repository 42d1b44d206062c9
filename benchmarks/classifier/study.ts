import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contactSheet } from 'tfjs-boomerang';
import { sampleVariants } from '../../src/cli/sample/sampling.ts';
import { circumstances } from '../record.ts';
import { ARMS } from './arms.ts';
import type { OpenBench } from './openBench.ts';
import type { StrengthFacts, Study, StudyPart } from './record.ts';
import type { Settings } from './settings.ts';

const SHOWN = 8;

/** What the runs of a study have in common, for its report. */
export const describeStudy = async (
  bench: OpenBench,
  { part, out }: { readonly part: StudyPart; readonly out: string },
): Promise<Study> => {
  const { settings, model, train, test, digest, backend } = bench;
  const { commit, versions, cpu, cores } = circumstances(false);
  const images = { training: train.digest, test: test.digest };
  const earlier = earlierStudy(join(out, 'study.json'), digest);
  const parts = [...(earlier?.parts ?? []).filter(({ command }) => command !== part.command), part];
  const arms = [...new Set(parts.flatMap((one) => one.arms))];
  return {
    digest,
    ...(earlier?.correction ? { correction: earlier.correction } : {}),
    parts,
    settings: { ...settings, model: model.digest, images },
    machine: { ...versions, backend: backend.name, engine: model.engine, cpu: `${cores} x ${cpu}`, commit },
    arms: Object.fromEntries(arms.map((name) => [name, factsOf(name, settings)])),
    strengths: readTuning(join(out, 'tune.json')),
    picture: Buffer.from(await drawVariants(bench)).toString('base64'),
  };
};

/** What is there of the same study: what was asked of it by other commands, and what was said of it since. */
const earlierStudy = (path: string, digest: string): Study | undefined => {
  if (!existsSync(path)) return undefined;
  const study = JSON.parse(readFileSync(path, 'utf8')) as Study;
  return study.digest === digest ? study : undefined;
};

const factsOf = (name: string, settings: Settings): Study['arms'][string] => {
  const { about = '', strengths, inTurns = false, changes } = ARMS[name] ?? {};
  const strength = changes?.strength ?? settings.strength;
  return {
    about,
    strengths: strengths?.map((share) => Math.min(1, share * strength)) ?? null,
    inTurns,
    ...(changes ? { changes } : {}),
  };
};

/** What `boomerang tune DATA --out OUT` found, if it was run. */
const readTuning = (path: string): readonly StrengthFacts[] => {
  if (!existsSync(path)) return [];
  type Spread = { readonly mean: number; readonly interval: readonly [number, number] };
  type Point = { readonly strength: number } & Readonly<Record<'retention' | 'rms' | 'diversity', Spread>>;
  const { points } = JSON.parse(readFileSync(path, 'utf8')) as { points: readonly Point[] };
  return points.map(({ strength, retention, rms, diversity }) => ({
    strength,
    kept: retention.mean,
    keptLow: retention.interval[0],
    keptHigh: retention.interval[1],
    distance: rms.mean,
    diversity: diversity.mean,
  }));
};

/** Validation images of different classes, and a variant of each at strengths around that of the study. */
const drawVariants = async ({ model, train, split, settings }: OpenBench): Promise<Uint8Array> => {
  const { labels = [], classes = [] } = train;
  const places = classes.slice(0, SHOWN).map((_, label) => split.validation.find((place) => labels[place] === label));
  const images = places.map((place) => train.pixels(place as number).map((value) => (value + 1) / 2));
  const strengths = [0.5, 1, 1.5].map((share) => Math.min(1, share * settings.strength));
  const sampling = { strengths, variants: 2, seed: 'report' };
  const { variants } = await sampleVariants(model, images, { sampling, onProgress: () => undefined });
  return contactSheet({
    shape: model.imageShape,
    columns: [
      { header: 'original', count: 1 },
      ...strengths.map((strength) => ({ header: `strength ${Number(strength.toFixed(3))}`, count: 2 })),
    ],
    rows: images.map((image, n) => ({
      label: model.labels?.classes?.[n] ?? classes[n] ?? '',
      images: [image, ...(variants[n] ?? [])],
    })),
  });
};
