import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { sampleVariants } from '../../../src/cli/sample/sampling.ts';
import { writePng } from '../../../src/node/images.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import { watchModel } from '../../../src/node/tuning/watchModel.ts';
import { runInProcess } from '../../support/cli.ts';
import { ldmFiles, stableFiles, writeFiles } from '../../support/latentPipeline.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const FAST = ['--backend', 'wasm', '--engine', 'tfjs', '--steps', '2', '--variants', '2', '--strength', '0.2,0.5'];
const CLASSES = ['shoe', 'hat'];

describe('boomerang sample with a latent model', () => {
  const path = scratchFolder();
  let stable: Map<string, Uint8Array>;
  before(async () => {
    stable = await stableFiles();
  });

  const grey = (side: number): Promise<void> =>
    writePng(path('grey.png'), new Float32Array(side * side * 3).fill(0.5), [side, side, 3]);
  const write = (classes?: readonly string[]): void => {
    writeFiles(path('sd'), stable);
    writeFiles(path('ldm'), ldmFiles());
    if (classes) writeFileSync(path('sd/boomerang.json'), JSON.stringify({ classes }));
  };
  const sample = (model: string, ...argv: string[]) =>
    runInProcess(['sample', path('grey.png'), '--model', path(model), '--out', path('grid.png'), ...FAST, ...argv]);
  const figures = async (...argv: [model: string, ...string[]]) => {
    const { status, stdout, stderr } = await sample(...argv, '--json');
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout);
  };

  beforeEach(async () => {
    await grey(16);
    write(CLASSES);
  });

  it('tells the prompt, leads to it, and counts both sides of each step, as its estimate says', () =>
    expectNoLeak(async () => {
      const prompts = ['--prompt', 'a {class}', '--label', 'hat', '--negative-prompt', 'blur', '--guidance', '3'];
      const estimate = await figures('sd', ...prompts, '--dry-run');
      expect(existsSync(path('grid.png'))).to.equal(false);
      const { evaluations, rows, ...told } = await figures('sd', ...prompts);
      expect(told).to.include({ prompt: 'a {class}', negativePrompt: 'blur', guidance: 3 });
      expect(evaluations)
        .to.equal(estimate.evaluations)
        .and.to.equal(2 * 2 * 2 * 2);
      expect(rows[0].evaluations).to.equal(4);
      expect(existsSync(path('grid.png'))).to.equal(true);
    }));

  it('makes other variants for another prompt, class, or guidance, and the same for the same', async () => {
    const distance = async (...argv: string[]): Promise<number> => (await figures('sd', ...argv)).rows[1].distance;
    const hat = ['--prompt', 'a {class}', '--label', 'hat'];
    const found = [
      await distance(),
      await distance('--prompt', 'a photo'),
      await distance(...hat),
      await distance('--prompt', 'a {class}', '--label', '0'),
      await distance(...hat, '--guidance', '4'),
    ];
    expect(new Set(found).size).to.equal(found.length);
    expect(await distance('--prompt', 'a hat')).to.equal(found[2]);
  });

  it('takes images of another size, where it is told so', async () => {
    const { rows } = await figures('ldm', '--image-size', '24x32', '--fit', 'resize');
    expect(rows).to.have.lengthOf(2);
    await grey(32);
    await figures('ldm', '--image-size', '32');
  });

  it('leaves out layers of the text encoder', async () => {
    const distance = async (skip: string) =>
      (await figures('sd', '--prompt', 'a hat', '--clip-skip', skip)).rows[1].distance;
    expect(await distance('1')).to.not.equal(await distance('0'));
  });

  it('encodes each image once for all strengths and variants, and decodes each variant', async () => {
    const model = await loadModel(path('ldm'), { engine: 'tfjs' });
    const counts = { encoded: 0, decoded: 0 };
    const counted = {
      ...model,
      encodeAsync(images: tf.Tensor4D) {
        counts.encoded += images.shape[0];
        return model.encodeAsync(images);
      },
      decodeAsync(latents: tf.Tensor4D) {
        counts.decoded += latents.shape[0];
        return model.decodeAsync(latents);
      },
    };
    const sampling = { strengths: [0.1, 0.3, 0.5], variants: 4, steps: 1, seed: 'a' };
    const images = [0.2, 0.7].map((value) => new Float32Array(16 * 16 * 3).fill(value));
    await sampleVariants(counted, images, { sampling, onProgress: () => undefined });
    expect(counts).to.deep.equal({ encoded: 2, decoded: 2 * 3 * 4 });
    model.dispose();
  });

  it('stops before it encodes and before it decodes', async () => {
    const model = await loadModel(path('ldm'), { engine: 'tfjs' });
    const controller = new AbortController();
    const watched = watchModel(model, { signal: controller.signal });
    controller.abort(new Error('stopped'));
    const [images, latents] = [tf.zeros([1, 16, 16, 3]), tf.zeros([1, 4, 4, 4])] as [tf.Tensor4D, tf.Tensor4D];
    expect((await rejection(watched.encodeAsync(images))).message).to.equal('stopped');
    expect((await rejection(watched.decodeAsync(latents))).message).to.equal('stopped');
    tf.dispose([images, latents]);
    model.dispose();
  });

  const refusals: readonly [code: string, words: RegExp, model: string, ...argv: string[]][] = [
    ['bad-prompt', /takes no text/, 'ldm', '--prompt', 'a hat'],
    ['bad-negative-prompt', /takes no text/, 'ldm', '--negative-prompt', 'blur'],
    ['bad-negative-prompt', /guidance is 1/, 'sd', '--negative-prompt', 'blur'],
    ['bad-prompt', /unknown placeholder \{klass\}/, 'sd', '--prompt', 'a {klass}'],
    ['bad-prompt', /label of each image/, 'sd', '--prompt', 'a {class}'],
    ['bad-label', /no class "bag".*shoe, hat/, 'sd', '--prompt', 'a {class}', '--label', 'bag'],
    ['bad-label', /--prompt/, 'sd', '--label', 'hat'],
    ['bad-label', /leave out/, 'ldm', '--label', '1'],
    ['bad-guidance', /"x"/, 'sd', '--guidance', 'x'],
    ['bad-guidance', /at least 1/, 'sd', '--guidance', '0.5'],
    ['bad-guidance', /leave it out/, 'ldm', '--guidance', '2'],
    ['bad-image-size', /"big"/, 'ldm', '--image-size', 'big'],
    ['bad-image-size', /divisible by 8/, 'ldm', '--image-size', '20'],
    ['bad-image-size', /\[16, 16, 3\]|at least 1/, 'ldm', '--image-size', '16x16x3'],
    ['bad-clip-skip', /"x"/, 'sd', '--clip-skip', 'x'],
    ['bad-clip-skip', /from 0 to 1/, 'sd', '--clip-skip', '2'],
    ['bad-clip-skip', /no text encoder/, 'ldm', '--clip-skip', '1'],
    ['wrong-image-size', /16 x 16.*32 x 32/, 'ldm', '--image-size', '32'],
  ];
  for (const [code, words, model, ...argv] of refusals) {
    it(`refuses ${argv.join(' ')} of ${model} in one line with ${code}`, async () => {
      const before = readdirSync(path(), { recursive: true });
      const tensors = tf.memory().numTensors;
      const { status, stdout, stderr } = await sample(model, ...argv);
      expect(stderr)
        .to.match(new RegExp(`^error ${code}: [^\n]+\n$`))
        .and.match(words);
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
      expect(readdirSync(path(), { recursive: true })).to.deep.equal(before);
      expect(tf.memory().numTensors, 'tensors left behind').to.equal(tensors);
    });
  }
});
