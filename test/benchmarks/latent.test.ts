import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { clipTables, writeClipTables } from '../../benchmarks/clipTables.ts';
import { isMet } from '../../benchmarks/figure.ts';
import { latent } from '../../benchmarks/latent.ts';
import { type Answer, latentFigures } from '../../benchmarks/latentFigures.ts';
import { latentWork } from '../../benchmarks/latentWork.ts';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { readTokenizerFiles } from '../../src/checkpoints/tokenizerFiles.ts';
import { openModel } from '../../src/models/openModel.ts';
import { openFolder } from '../../src/node/folder.ts';
import { makeTokenizer } from '../../src/text/tokenizer.ts';
import { ldmFiles, stableFiles, writeFiles } from '../support/latentPipeline.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('the benchmark of models of latents', () => {
  const scratch = scratchFolder();

  it('has a tokenizer of the size and layout of that of CLIP', async () => {
    const { merges } = clipTables();
    expect(new Set(merges)).to.have.property('size', merges.length);
    await writeClipTables(scratch('tokenizer'));
    const tokenizer = makeTokenizer(await readTokenizerFiles(await openFolder(scratch())));
    expect(tokenizer).to.include({ length: 77, vocabSize: 49_408 });
    expect(tokenizer.encode('')).to.deep.equal([49_406, 49_407]);
    const ids = tokenizer.encode('A photograph.');
    expect(ids.length).to.be.within(5, 12);
    expect(tokenizer.pad(ids).at(-1)).to.equal(49_407);
  });

  for (const [kind, files, prompted] of [
    ['with prompts', stableFiles, ['guided step', 'text']],
    ['without', async () => ldmFiles(), []],
  ] as const) {
    it(`takes the time of each network and of variants of a model ${kind}, and keeps no tensors`, async () => {
      const model = await openModel(memoryFolder('tiny', await files()));
      const work = latentWork(model);
      const always = ['encode', 'step', 'decode', 'next image', 'next variant'];
      expect(Object.keys(work)).to.have.members([...always, ...prompted]);
      await work['step']?.();
      const before = tf.memory().numTensors;
      for (const run of Object.values(work)) {
        const { seconds, processor } = await run();
        expect(Math.min(seconds, processor)).to.be.above(0);
      }
      expect(tf.memory().numTensors).to.equal(before);
      model.dispose();
    });
  }

  it('does not encode an image again for its next variant', async () => {
    const model = await openModel(memoryFolder('tiny', await stableFiles()));
    let encoded = 0;
    const encodeAsync: typeof model.encodeAsync = (images) => {
      encoded += 1;
      return model.encodeAsync(images);
    };
    const work = latentWork({ ...model, encodeAsync });
    for (const name of ['next variant', 'next variant', 'next image', 'next variant']) {
      expect((await work[name]?.())?.rest).to.be.within(0, 1);
    }
    expect(encoded).to.equal(2);
    model.dispose();
  });

  it('compares the same rounds with PyTorch, and says what is wanted', () => {
    const took = (seconds: number, rest?: number): Answer => ({
      ...{ seconds, processor: 2 * seconds, peak: 9000 },
      ...(rest === undefined ? {} : { rest }),
    });
    const times = {
      step: { ours: [took(1), took(3)], theirs: [took(2), took(4)] },
      'next variant': { ours: [took(5, 0.05)], theirs: [] },
      'next image': { ours: [took(6, 0.3)], theirs: [] },
    };
    const subject = { model: 'sd15', size: 256, engine: 'onnx', threads: 1 };
    const answers = { cold: took(3), warm: took(2), first: took(7), peak: 9000 };
    const figures = [...latentFigures({ subject, ...answers, times, torch: '2.0' })];
    const share = figures.find(({ table, what }) => what === 'step' && table?.endsWith("PyTorch's time"));
    expect(share).to.include({ median: 0.625, engine: 'onnx' });
    const missed = figures.filter((figure) => !isMet(figure)).map(({ what }) => what);
    expect(missed).to.deep.equal(['most memory after work', 'neither steps nor decoding']);
  });

  it('opens a folder in a process of its own and measures what it holds', async () => {
    const model = writeFiles(scratch('tiny'), await stableFiles());
    const setting = { quick: true, model, threads: 1, say: () => undefined };
    const figures = [];
    for await (const figure of latent.run(setting)) figures.push(figure);
    expect(figures).to.not.have.length(0);
    for (const { at, median } of figures) {
      expect(at).to.deep.equal({ model: 'tiny', engine: 'onnx', size: 16, threads: 1 });
      expect(median).to.be.above(0);
    }
    const memory = figures.filter(({ unit }) => unit === 'MB').map(({ median }) => median);
    expect(memory).to.have.length(2);
    expect(memory[0]).to.be.within(50, memory[1] ?? 0);
  });
});
