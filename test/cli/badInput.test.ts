import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import sharp from 'sharp';
import { runInProcess } from '../support/cli.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { stripes, writeIdx } from '../support/stripes.ts';

const MODEL = join(root, 'models/fashion-28');
const WEIGHTS = 'unet/diffusion_pytorch_model.safetensors';
const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 2262336\n';
const blank = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } });

describe('bad input', () => {
  const path = scratchFolder();
  const sample = (...argv: string[]) =>
    runInProcess(['sample', path('in/grey.png'), '--out', path('out/grid.png'), ...argv]);

  beforeEach(async () => {
    mkdirSync(path('in'));
    await blank(28, 28, 'grey').toColourspace('b-w').png().toFile(path('in/grey.png'));
  });

  const withWeights = (text: string) => (): string[] => {
    cpSync(MODEL, path('in/model'), { recursive: true });
    writeFileSync(path(`in/model/${WEIGHTS}`), text);
    return ['--model', path('in/model')];
  };
  const withImage = (name: string, make: (file: string) => unknown) => async (): Promise<string[]> => {
    await make(path(`in/${name}`));
    return [path(`in/${name}`), '--model', MODEL];
  };
  const withOption =
    (...argv: string[]) =>
    () => ['--model', MODEL, ...argv];

  const cases: readonly [title: string, code: string, words: RegExp, argv: () => string[] | Promise<string[]>][] = [
    ['a model that is not there', 'no-such-model', /absent/, () => ['--model', path('in/absent')]],
    ['a folder that is no model', 'no-such-model', /in/, () => ['--model', path('in')]],
    ['a Git LFS pointer instead of weights', 'lfs-pointer', /git lfs pull/, withWeights(LFS_POINTER)],
    ['a web page instead of weights', 'html-instead-of-weights', /HTML/i, withWeights('<!DOCTYPE html><html></html>')],
    ['an image that is not there', 'no-such-image', /absent/, withImage('absent.png', () => undefined)],
    [
      'an image that cannot be read',
      'unreadable-image',
      /PNG/,
      withImage('text.png', (file) => writeFileSync(file, 'hello')),
    ],
    [
      'an image of another size',
      'wrong-image-size',
      /32 x 32.*28 x 28/,
      withImage('big.png', (file) => blank(32, 32, 'red').toFile(file)),
    ],
    ['an unknown fit', 'unknown-fit', /exact, pad, resize/, withOption('--fit', 'stretch')],
    ['a strength above 1', 'bad-strength', /1\.5/, withOption('--strength', '0.1,1.5')],
    ['a strength below 0', 'bad-strength', /-0\.1/, withOption('--strength=-0.1')],
    ['a strength that is NaN', 'bad-strength', /NaN/, withOption('--strength', 'NaN')],
    ['a strength that is infinite', 'bad-strength', /Infinity/, withOption('--strength', 'Infinity')],
    ['a strength that is empty', 'bad-strength', /""/, withOption('--strength', '0.1,,0.3')],
    ['a strength that is named twice', 'bad-strength', /0\.3 twice/, withOption('--strength', '0.3,0.1,0.3')],
    ['no steps', 'bad-steps', /0/, withOption('--steps', '0')],
    ['one and a half steps', 'bad-steps', /1\.5/, withOption('--steps', '1.5')],
    ['more steps than any grid has use for', 'bad-steps', /1e9/, withOption('--steps', '1e9')],
    ['no variants', 'bad-variants', /0/, withOption('--variants', '0')],
    ['variants that are no number', 'bad-variants', /NaN/, withOption('--variants', 'NaN')],
    ['more variants than a sheet holds', 'bad-contact-sheet', /fewer/, withOption('--variants', '1e9')],
    ['an unknown solver', 'unknown-solver', /ddim, .*heun/, withOption('--solver', 'huen')],
    ['an eta above 1', 'bad-eta', /2/, withOption('--eta', '2')],
    ['a folder instead of an image', 'unreadable-image', /EISDIR/, () => [path('in'), '--model', MODEL]],
    [
      'an image without a byte',
      'unreadable-image',
      /none of/,
      withImage('empty.png', (file) => writeFileSync(file, '')),
    ],
    ['an empty class', 'bad-label', /""/, withOption('--label', '')],
    ['an unknown class', 'bad-label', /Trouser/, withOption('--label', 'Trousers')],
    ['a class that is too high', 'bad-label', /11/, withOption('--label', '11')],
    ['an unknown backend', 'unknown-backend', /auto.*wasm/, withOption('--backend', 'webgl')],
    [
      'an output folder that cannot be written',
      'bad-output',
      /not a folder/,
      () => ['--model', MODEL, '--out', path('in/grey.png/grid.png')],
    ],
    ['an output that is nowhere', 'bad-output', /""/, withOption('--out', '')],
    ['an output that is a folder', 'bad-output', /png/, () => ['--model', MODEL, '--out', path('in')]],
    ['an output that is no PNG', 'bad-output', /\.png/, withOption('--out', 'grid.jpg')],
    ['an unknown option', 'bad-usage', /--strength/, withOption('--strenth', '0.1')],
    ['no model', 'bad-usage', /--model/, () => []],
  ];

  for (const [title, code, words, argv] of cases) {
    it(`${title} gets one line with ${code}, status 2 and nothing written`, async () => {
      const given = await argv();
      const before = readdirSync(path(), { recursive: true });
      const tensors = tf.memory().numTensors;
      const { status, stdout, stderr } = await sample('--backend', 'wasm', ...given);
      expect(stderr)
        .to.match(new RegExp(`^error ${code}: [^\n]+\n$`))
        .and.match(words);
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
      expect(readdirSync(path(), { recursive: true })).to.deep.equal(before);
      expect(tf.memory().numTensors, 'tensors left behind').to.equal(tensors);
    });
  }

  const measures: readonly [command: string, argv: () => string[]][] = [
    ['tune', () => ['tune', path('data'), '--model', MODEL, '--out', path('out')]],
    ['evaluate', () => ['evaluate', MODEL, path('data')]],
  ];
  const nonsense: readonly [code: string, argv: readonly string[], of?: string][] = [
    ['bad-strengths', ['--strengths', '']],
    ['bad-strengths', ['--strengths', '0.1,,0.3']],
    ['bad-strengths', ['--strengths', '0.3,0.1,0.3']],
    ['bad-strengths', ['--strengths', 'NaN']],
    ['bad-strength', ['--strengths', '0.1,Infinity']],
    ['bad-strength', ['--strengths=-0.1']],
    ['bad-images', ['--images', '0']],
    ['bad-images', ['--images', 'Infinity']],
    ['bad-steps', ['--steps', '0']],
    ['bad-steps', ['--steps', '1e9']],
    ['bad-eta', ['--eta', 'NaN']],
    ['unknown-solver', ['--solver', '']],
    ['unknown-fit', ['--fit', 'crop']],
    ['unknown-engine', ['--engine', '']],
    ['unknown-precision', ['--precision', '']],
    ['unknown-backend', ['--backend', '']],
    ['bad-usage', ['--strenths', '0.1']],
    ['no-such-dataset', []],
    ['bad-variants', ['--variants', '1'], 'tune'],
    ['bad-variants', ['--variants', '-1'], 'tune'],
    ['bad-target', ['--target', 'NaN'], 'tune'],
    ['bad-min-diversity', ['--min-diversity', 'Infinity'], 'tune'],
    ['bad-output', ['--out', ''], 'tune'],
    ['bad-returns', ['--returns', '-3'], 'evaluate'],
    ['bad-part', ['--part', ''], 'evaluate'],
  ];
  for (const [command, argv] of measures) {
    for (const [code, given, of = command] of nonsense.filter(([, , of = command]) => of === command)) {
      it(`${of} ${given.join(' ')} gets one line with ${code}, status 2 and nothing written`, async () => {
        const before = readdirSync(path(), { recursive: true });
        const { status, stdout, stderr } = await runInProcess([...argv(), '--backend', 'wasm', ...given]);
        expect(stderr).to.match(new RegExp(`^error ${code}: [^\n]+\n$`));
        expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
        expect(readdirSync(path(), { recursive: true })).to.deep.equal(before);
      });
    }
  }

  it('tune of more variants than there is memory for is refused before it begins', async () => {
    writeIdx(path('data'), stripes(300));
    const argv = ['tune', path('data'), '--model', MODEL, '--out', path('out'), '--backend', 'wasm', '--images', '10'];
    const { status, stderr } = await runInProcess([...argv, '--variants', '1e9']);
    expect(stderr).to.match(/^error too-little-memory: [^\n]*GB[^\n]*fewer[^\n]*\n$/);
    expect(status).to.equal(2);
  });
});
