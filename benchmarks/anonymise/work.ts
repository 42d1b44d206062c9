import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Vectors } from '../../src/apps/anonymise/embedder.ts';
import type { Attributes, Embedder, Model } from '../../src/index.ts';
import { bytesOf, imagesOf, type PictureSet } from './pictures.ts';
import { BATCH, copy, nameOf, type Way } from './ways.ts';

/** Where what takes long is kept, so that a run that was cut short goes on. It holds people: it never leaves the machine. */
export type Work = { readonly folder: string; readonly set: PictureSet; readonly say: (line: string) => void };

const copiesFile = ({ folder }: Work, way: Way): string => join(folder, `${nameOf(way)}.u8`);

/** Makes the copies of one way, unless they are there. */
export const makeCopies = async (work: Work, way: Way, model: () => Promise<Model>): Promise<void> => {
  const { set, folder, say } = work;
  const path = copiesFile(work, way);
  const count = set.people.length;
  const size = set.bytes.length / count;
  if (existsSync(path) && readFileSync(path).length >= count * size) return;
  mkdirSync(folder, { recursive: true });
  const bytes = new Uint8Array(count * size);
  for (let from = 0; from < count; from += BATCH) {
    const places = placesFrom(from, Math.min(count, from + BATCH));
    const images = imagesOf(set, places);
    const labels = set.labels && places.map((at) => set.labels?.[at] as number);
    const copies = await copy(way, images, { model, labels });
    bytes.set(await bytesOf(copies), from * size);
    tf.dispose([images, copies]);
    if (from % (10 * BATCH) === 0) say(`${nameOf(way)}: ${from} of ${count} copies`);
  }
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
};

/** Copies as they were kept. */
export const readCopies = (work: Work, way: Way): PictureSet | undefined => {
  const path = copiesFile(work, way);
  if (!existsSync(path)) return undefined;
  return { ...work.set, bytes: readFileSync(path).subarray(0, work.set.bytes.length) };
};

type Line = {
  readonly of: string;
  readonly place: number;
  readonly vector: string | null;
  readonly attributes?: Attributes;
};

const linesOf = (path: string): readonly Line[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}')) // the last one may have been cut short
        .map((line) => JSON.parse(line) as Line)
    : [];

const vectorsFile = ({ folder }: Work, id: string): string => join(folder, `${id.replaceAll(/[^\w.]/g, '-')}.jsonl`);

export type Seeing = { readonly work: Work; readonly embed: Embedder & { readonly id: string } };

/** Looks at pictures that were not looked at yet. */
export const see = async ({ work, embed }: Seeing, of: string, set: PictureSet): Promise<void> => {
  const path = vectorsFile(work, embed.id);
  const done = new Set(linesOf(path).flatMap((line) => (line.of === of ? [line.place] : [])));
  const open = placesFrom(0, set.people.length).filter((place) => !done.has(place));
  for (let from = 0; from < open.length; from += BATCH) {
    const places = open.slice(from, from + BATCH);
    const images = imagesOf(set, places);
    const seen = await embed(images);
    images.dispose();
    if (seen instanceof tf.Tensor) throw new Error('a list of vectors is expected');
    const lines = seen.map((one, n) => {
      const isSeen = one !== null && 'vector' in one;
      const values = one === null ? null : Float32Array.from(isSeen ? one.vector : one);
      const vector = values && Buffer.from(values.buffer).toString('base64');
      return JSON.stringify({ of, place: places[n], vector, ...(isSeen ? { attributes: one.attributes } : {}) });
    });
    appendFileSync(path, `\n${lines.join('\n')}\n`);
    if (from % (10 * BATCH) === 0) work.say(`${embed.id}: ${of}, ${from} of ${open.length}`);
  }
};

/** What was seen, by what it was seen in; whole sets only. Vectors are of length 1. */
export const readSeen = (work: Work, id: string): ReadonlyMap<string, Vectors> => {
  const count = work.set.people.length;
  const byName = new Map<string, Map<number, Line>>();
  for (const line of linesOf(vectorsFile(work, id))) {
    if (line.place >= count) continue;
    const lines = byName.get(line.of) ?? new Map<number, Line>();
    byName.set(line.of, lines.set(line.place, line));
  }
  const whole = [...byName].filter(([, lines]) => lines.size === count);
  return new Map(whole.map(([name, lines]) => [name, vectorsOf(lines, count)]));
};

const vectorsOf = (lines: ReadonlyMap<number, Line>, count: number): Vectors => {
  const rows = placesFrom(0, count).map((place) => {
    const text = lines.get(place)?.vector;
    return text ? unit(new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer)) : undefined;
  });
  const width = rows.find((row) => row !== undefined)?.length ?? 0;
  const data = new Float32Array(count * width);
  for (const [n, row] of rows.entries()) if (row) data.set(row, n * width);
  return {
    ...{ count, width, data },
    isFound: rows.map((row) => row !== undefined),
    attributes: placesFrom(0, count).map((place) => lines.get(place)?.attributes),
  };
};

const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

export const placesFrom = (from: number, until: number): number[] =>
  Array.from({ length: until - from }, (_, n) => from + n);
