import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { writeClassifier } from '../../../src/node/classifierFile.ts';
import { uniformStream } from '../../../src/random.ts';
import { imageNoise } from '../../../src/tensors/noise.ts';
import { type Ran, runInProcess } from '../../support/cli.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { root } from '../../support/shared.ts';

export const MODEL = join(root, 'models/fashion-28');
export const SECRET = '0123456789abcdef'.repeat(4);
export const SIDE = 28;

/** Side of what a network sees: a picture without its edge. */
const INNER = SIDE - 2;

/** Numbers of a vector. */
const WIDTH = 24;

/**
 * Writes a network that sees the fine detail of a picture alone, which no return leaves as it was, mixed up by chance.
 *
 * @param isSeen of which rows and columns; by default all.
 * @returns the path of its `model.json`.
 */
export const writeEmbedder = async (
  folder: string,
  seed: string,
  isSeen: (row: number, column: number) => boolean = () => true,
): Promise<string> => {
  const model = layers.sequential();
  model.add(layers.layers.conv2d({ inputShape: [SIDE, SIDE, 1], filters: 1, kernelSize: 3, useBias: false }));
  model.add(layers.layers.flatten());
  model.add(layers.layers.dense({ units: WIDTH, useBias: false }));
  const weights = tf.tidy(() => [
    tf.tensor4d([-1, -1, -1, -1, 8, -1, -1, -1, -1], [3, 3, 1, 1]),
    tf.mul(
      tf.reshape(imageNoise([[seed]], [INNER ** 2, WIDTH, 1]), [INNER ** 2, WIDTH]),
      tf.tensor2d(
        Array.from({ length: INNER ** 2 }, (_, n) => Number(isSeen(Math.floor(n / INNER) + 1, (n % INNER) + 1))),
        [INNER ** 2, 1],
      ),
    ),
  ]);
  model.setWeights(weights);
  tf.dispose(weights);
  const path = await writeClassifier(model, folder);
  model.dispose();
  return path;
};

/** How bright pictures of two classes are on average: that lasts where little is changed. */
const BRIGHTNESS = [70, 180] as const;

/** Pixels of a picture of coarse grain, `side * side * channels`, as bright as those of class `n % 2` are. */
export const grain = (n: number, channels = 1, side = SIDE): Uint8Array => {
  const next = uniformStream(['grain', n]);
  const middle = BRIGHTNESS[n % 2 === 0 ? 0 : 1];
  return Uint8Array.from({ length: side * side * channels }, () => middle - 60 + 120 * next());
};

/** Which of the two classes a picture looks like: its pixels are in [0, 1]. */
export const looksLike = (pixels: Float32Array): 0 | 1 =>
  pixels.reduce((sum, value) => sum + value, 0) / pixels.length < 125 / 255 ? 0 : 1;

/** Little work, in which all that there is to do is done. */
const SMALL = ['--model', MODEL, '--backend', 'wasm', '--target', '0.9', '--strengths', '0.4', '--steps', '2'];

export type Trial = {
  /** A path in a folder of the test's own. */
  readonly path: (name?: string) => string;
  /** Of the embedder that chooses, of the one that judges, of files with secrets. */
  readonly parts: Readonly<Record<'embedder' | 'judge' | 'key' | 'otherKey', string>>;
  /** The command for some data, with its output in `out`; later options win. */
  readonly argv: (data: string, ...more: readonly string[]) => string[];
  readonly run: (data: string, ...more: readonly string[]) => Promise<Ran>;
};

/** What tests of the command work with, made once for a suite. */
export const trial = (): Trial => {
  const path = scratchFolder();
  const parts = { embedder: '', judge: '', key: '', otherKey: '' };
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'boomerang-embedders-'));
    parts.embedder = await writeEmbedder(join(folder, 'embedder'), 'embedder');
    parts.judge = await writeEmbedder(join(folder, 'judge'), 'judge');
    parts.key = join(folder, 'key');
    writeFileSync(parts.key, `${SECRET}\n`);
    parts.otherKey = join(folder, 'other-key');
    writeFileSync(parts.otherKey, `${'f'.repeat(64)}\n`);
  });
  after(() => rmSync(folder, { recursive: true }));
  const argv = (data: string, ...more: readonly string[]): string[] => {
    const { embedder, judge } = parts;
    const own = ['--out', path('out'), '--embedder', embedder, '--judge', judge, '--no-attacks'];
    return ['anonymise', path(data), ...SMALL, ...own, ...more];
  };
  return { path, parts, argv, run: (data, ...more) => runInProcess(argv(data, ...more)) };
};

/** Of all files below a folder their bytes, unpacked where they are gzipped, by their paths. */
export const bytesBelow = (folder: string): ReadonlyMap<string, Buffer> => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    files
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => {
        const bytes = readFileSync(join(folder, name));
        return [name, name.endsWith('.gz') ? gunzipSync(bytes) : bytes];
      }),
  );
};
