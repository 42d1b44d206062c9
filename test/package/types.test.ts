import { join } from 'node:path';
import { expect } from 'chai';
import { consumer } from '../support/packed.ts';
import { root } from '../support/shared.ts';

const PROGRAM = `
  import { boomerangAugment, chooseBackend, diskCache, loadModel, openImages } from 'tfjs-boomerang';
  await chooseBackend();
  export const model = await loadModel('models/fashion-28');
  export const augment = boomerangAugment({ model, seed: 'a', strength: 0.3, cache: diskCache('cache', { maxBytes: 1e9 }) });
  export const images: number = (await openImages('folder')).count;
`;

describe('the types of the package', () => {
  const { write, node } = consumer();
  const tsc = join(root, 'node_modules/typescript/bin/tsc');

  /** What TypeScript says of the program and of this package's types; those of TensorFlow.js have faults of their own. */
  const faults = (module: string, moduleResolution: string): string[] => {
    write('program.ts', PROGRAM);
    const strict = ['--noEmit', '--strict', '--target', 'es2023', '--skipLibCheck', 'false'];
    const { stdout } = node(tsc, ...strict, '--module', module, '--moduleResolution', moduleResolution, 'program.ts');
    return stdout.split('\n').filter((line) => /^(error|program\.ts|node_modules\/tfjs-boomerang)/.test(line));
  };

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    it(`are whole and those of the Node entry with moduleResolution ${moduleResolution}, without @types/node`, () => {
      expect(faults(module, moduleResolution)).to.deep.equal([]);
    });
  }
});
