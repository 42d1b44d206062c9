import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { writePng } from '../../../src/node/images.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import { sampleId } from '../../../src/node/runs/plan.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import { samplesIn, treeOf } from '../../node/runs/running.ts';
import { runInProcess } from '../../support/cli.ts';
import { stableFiles, writeFiles } from '../../support/latentPipeline.ts';
import { toldWhile } from '../../support/said.ts';
import { scratchFolder } from '../../support/scratch.ts';

/** By their order in the data. */
const IMAGES = [
  { name: 'hat/0.png', shape: [16, 16, 3], label: 0 },
  { name: 'hat/1.png', shape: [20, 24, 3], label: 0 },
  { name: 'shoe/2.png', shape: [20, 24, 3], label: 1 },
] as const;

const pixelsOf = (n: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => (i * 37 + (i % 3) * 50 + 91 * n) % 256);

describe('boomerang run with a latent model', () => {
  const path = scratchFolder();
  const way = { strength: 0.4, steps: 2, guidance: 2, prompt: 'a {class}', fit: 'detail', seed: 's' } as const;

  it('makes the same as the transform of images of several sizes, by the prompt of their class, in any number of parts', () =>
    toldWhile(async () => {
      writeFiles(path('sd'), await stableFiles());
      for (const [n, { name, shape }] of IMAGES.entries()) {
        const pixels = Float32Array.from(pixelsOf(n, shape[0] * shape[1] * 3), (value) => value / 255);
        await writePng(path(`data/${name}`), pixels, [...shape]);
      }
      const run = async (out: string, ...more: string[]): Promise<void> => {
        const { status, stderr } = await runInProcess([
          ...['run', path('data'), '--out', path(out), '--model', path('sd'), '--backend', 'wasm', '--engine', 'tfjs'],
          ...Object.entries(way).flatMap(([option, value]) => [`--${option}`, String(value)]),
          ...['--variants', '2', '--shard-images', '2', ...more],
        ]);
        expect(status, stderr).to.equal(0);
      };
      await run('whole');
      for (const shard of ['1/3', '0/3', '2/3']) await run('parts', '--shard', shard);
      expect(treeOf(path('parts'))).to.deep.equal(treeOf(path('whole')));

      const made = await samplesIn(path('whole'));
      const model = await loadModel(path('sd'), { engine: 'tfjs' });
      const drawn: number[] = [];
      const told = {
        labels: 'label',
        classes: ['hat', 'shoe'],
        onVariant: ({ variant }: { variant: number }) => void drawn.push(variant),
      };
      const augment = boomerangAugment({ ...way, ...told, model, bank: 2 });
      for (const [place, { shape, label }] of IMAGES.entries()) {
        for (const epoch of [0, 1, 2]) {
          const xs = tf.tensor3d(pixelsOf(place, shape[0] * shape[1] * 3), [...shape], 'int32');
          const changed = await augment.async({ xs, label }, { epoch });
          const id = sampleId(place, drawn.at(-1) as number);
          expect(made.get(id)?.pixels, `${id} of epoch ${epoch}`).to.deep.equal([...changed.xs.dataSync()]);
          tf.dispose([xs, changed.xs]);
        }
      }
      expect(new Set(drawn)).to.deep.equal(new Set([0, 1]));
      model.dispose();
    }));
});
