import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { claimDestination } from '../../../src/node/runs/claimDestination.ts';
import { openDestination } from '../../../src/node/runs/destinations/openDestination.ts';
import { finishRun } from '../../../src/node/runs/finishRun.ts';
import { openWorkshop } from '../../../src/node/runs/openWorkshop.ts';
import { type FormatName, shardsOf } from '../../../src/node/runs/plan.ts';
import { planRun } from '../../../src/node/runs/planRun.ts';
import { runShards } from '../../../src/node/runs/runShards.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';

/*
 * `node --import tsx manyImages.ts FOLDER COUNT FORMAT`: a run over very many tiny images, which says as JSON what
 * memory it took, in bytes: after a tenth of it, and at most from there to its end.
 */

const SIDE = 4;

/** Images of noise by their number, as IDX with labels of two classes. */
const writeMany = async (folder: string, count: number): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const header = (...shape: number[]): Buffer => {
    const bytes = Buffer.alloc(4 + 4 * shape.length);
    bytes.set([0, 0, 8, shape.length]);
    for (const [axis, length] of shape.entries()) bytes.writeUInt32BE(length, 4 + 4 * axis);
    return bytes;
  };
  const write = (name: string, start: Buffer, size: number) =>
    pipeline(
      Readable.from(
        (function* () {
          yield start;
          for (let at = 0; at < count; at += 10_000) {
            yield Uint8Array.from({ length: size * Math.min(10_000, count - at) }, (_, i) =>
              size === 1 ? i % 2 : Math.imul(at * size + i + 1, 2654435761) >>> 24,
            );
          }
        })(),
      ),
      createWriteStream(join(folder, name)),
    );
  await write('train-images-idx3-ubyte', header(count, SIDE, SIDE), SIDE * SIDE);
  await write('train-labels-idx1-ubyte', header(count), 1);
};

const [folder = '', count = '0', format = 'idx'] = process.argv.slice(2);
await tf.setBackend('cpu');
await writeMany(join(folder, 'data'), Number(count));
const model = gaussianModel([SIDE, SIDE, 1]);
const data = join(folder, 'data');
const augment = { seed: 's', strength: 0.3, steps: 1, solver: 'euler' } as const;
const plan = await planRun({ data, model, augment, variants: 1, format: format as FormatName });
const destination = await openDestination(join(folder, 'out'));
await claimDestination(destination, plan);
const workshop = await openWorkshop({ data, plan, model });
let [early, most] = [0, 0];
const onProgress = (share: number): void => {
  const { rss } = process.memoryUsage();
  if (share <= 0.1) early = Math.max(early, rss);
  else most = Math.max(most, rss);
};
const start = performance.now();
const shards = [...shardsOf(plan)];
await runShards(workshop, { destination, shards, signal: new AbortController().signal, mostFailed: 0, onProgress });
const made = performance.now();
const { samples } = await finishRun(destination, plan);
onProgress(1);
const seconds = { making: (made - start) / 1000, finishing: (performance.now() - made) / 1000 };
console.log(JSON.stringify({ samples, early, most, ...seconds }));
await workshop.close();
