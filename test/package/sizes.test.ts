import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { build, type Metafile } from 'esbuild';
import type { BoomerangError } from '../../src/errors.ts';
import { root } from '../support/shared.ts';

/** What a page pays for, beside TensorFlow.js: kilobytes as they are sent, compressed. */
const LIMITS: readonly (readonly [what: string, code: string, limit: number])[] = [
  ['loadModel and boomerangAugment', "export { loadModel, boomerangAugment } from './src/index.ts';", 100],
  ['boomerang and makeModel, for a model of your own', "export { boomerang, makeModel } from './src/index.ts';", 43],
];

/** What is asked for when a model is opened on ONNX Runtime, beside that package. */
const ONNX_LIMIT = 40;

type Bundle = { readonly first: number; readonly onDemand: number };

/** Kilobytes of what is sent at once, and of what is sent when it is asked for. */
const bundle = async (contents: string): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    ...{ bundle: true, minify: true, splitting: true, format: 'esm', platform: 'browser' },
    ...{ outdir: 'out', write: false, metafile: true, logLevel: 'error' },
    external: ['@tensorflow/*', 'onnxruntime-web'],
  });
  const sizes = new Map(
    outputFiles.map(({ path, contents: code }) => [path.slice(path.indexOf('/out/') + 1), gzipSync(code).length]),
  );
  const first = reached(metafile, 'out/stdin.js');
  const sum = (names: readonly string[]): number =>
    names.reduce((total, name) => total + (sizes.get(name) ?? 0), 0) / 1000;
  return { first: sum([...first]), onDemand: sum([...sizes.keys()].filter((name) => !first.has(name))) };
};

/** Files that a file imports at once, itself among them. */
const reached = ({ outputs }: Metafile, start: string): ReadonlySet<string> => {
  const names = new Set([start]);
  for (const name of names) {
    for (const { path, kind } of outputs[name]?.imports ?? []) if (kind === 'import-statement') names.add(path);
  }
  return names;
};

describe('what a page downloads', () => {
  for (const [what, code, limit] of LIMITS) {
    it(`is below ${limit} kB for ${what}`, async () => {
      const { first, onDemand } = await bundle(code);
      console.log(`      ${first.toFixed(1)} kB, compressed; ${onDemand.toFixed(1)} kB when they are needed`);
      expect(first).to.be.within(limit * 0.9, limit); // a limit far away guards nothing
      if (what.startsWith('loadModel')) expect(onDemand).to.be.below(ONNX_LIMIT);
    });
  }
});

describe('errors of a minified bundle', () => {
  it('keep their names and codes', async () => {
    const contents = "export * from './src/errors.ts'; export { karrasSigmas } from './src/noise/karras.ts';";
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      ...{ bundle: true, minify: true, format: 'esm', platform: 'browser', write: false, logLevel: 'error' },
    });
    const code = outputFiles[0]?.text ?? '';
    expect(code).to.not.match(/class ArgumentError/); // its name was taken, as bundlers do
    const { karrasSigmas, pick, isCount, ...classes } = await import(
      `data:text/javascript,${encodeURIComponent(code)}`
    );
    expect(Object.keys(classes)).to.have.length(5);
    for (const [name, Kind] of Object.entries<typeof BoomerangError>(classes)) {
      expect(new Kind('a-code', 'a message')).to.include({ name, code: 'a-code', message: 'a message' });
    }
    expect(() => karrasSigmas({ steps: 2.5, sigmaMin: 0.1, sigmaMax: 5 }))
      .to.throw(/2\.5/)
      .with.include({
        name: 'ArgumentError',
        code: 'bad-steps',
      });
  });
});
