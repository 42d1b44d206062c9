import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect } from 'chai';
import { OLDEST_NODE } from '../../src/node/doctor/nodeVersion.ts';
import { version } from '../../src/node/version.ts';
import { consumer } from '../support/packed.ts';
import { root } from '../support/shared.ts';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the constants that stand for package.json', () => {
  it('say the same version', () => expect(version).to.equal(manifest.version));
  it('say the same oldest Node', () => expect(manifest.engines.node).to.equal(`>=${OLDEST_NODE}`));
});

describe('the package as npm packs it', () => {
  const { path, node, write } = consumer('onnxruntime-node');
  const home = 'node_modules/tfjs-boomerang';
  const files = (): string[] =>
    readdirSync(path(home), { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(path(join(home, name))).isFile(),
    );

  it('holds everything that its package.json names', () => {
    const named = JSON.stringify([manifest.main, manifest.types, manifest.bin, manifest.exports]);
    const paths = [...named.matchAll(/"((?:\.\/)?dist\/[^"]+)"/g)].map(([, name = '']) => name);
    expect(paths).to.not.be.empty;
    for (const name of paths) expect(existsSync(path(join(home, name))), name).to.equal(true);
  });

  it('holds the model, the licence and what its maps point to', () => {
    const held = new Set(files());
    const wanted = ['LICENSE', 'README.md', 'SECURITY.md', 'models/fashion-28/unet/config.json'];
    expect([...held]).to.include.members(wanted);
    const maps = [...held].filter((name) => name.endsWith('.js.map'));
    expect(maps).to.have.length.above(100);
    for (const name of maps) {
      const { sources } = JSON.parse(readFileSync(path(join(home, name)), 'utf8')) as { readonly sources: string[] };
      for (const source of sources) expect(held.has(posix.join(posix.dirname(name), source)), source).to.equal(true);
    }
    expect([...held].filter((name) => /^(test|benchmarks|examples)\//.test(name))).to.deep.equal([]);
  });

  it('stays below 11 MB, of which the model is 2.8, and sources and maps 4.5', () => {
    expect(files().reduce((sum, name) => sum + statSync(path(join(home, name))).size, 0)).to.be.below(11e6);
  });

  it('says who publishes it as publisher.json does', () => {
    const { author, repository } = JSON.parse(readFileSync(join(root, 'publisher.json'), 'utf8'));
    expect(manifest).to.deep.include({
      author,
      repository: { type: 'git', url: `git+${repository}.git` },
      homepage: `${repository}#readme`,
      bugs: `${repository}/issues`,
    });
  });

  it('opens its model by name from any project, and says what it has when asked for another', () => {
    write(
      'open.js',
      `
      import { chooseBackend, loadModel } from 'tfjs-boomerang';
      await chooseBackend({ backend: 'wasm' });
      for (const name of ['boomerang:fashion-28', 'models/fashion-28']) {
        const model = await loadModel(name);
        console.log(model.imageShape.join(), model.engine);
        model.dispose();
      }
      for (const name of ['models/fashion-29', 'boomerang:fashion-29', 'boomerang:../models/fashion-28']) {
        await loadModel(name).catch(({ code, message }) => console.log(code, message));
      }
    `,
    );
    const { stdout, status } = node('open.js');
    const [first, second, ...refusals] = stdout.trimEnd().split('\n');
    expect([first, second]).to.deep.equal(['28,28,1 onnx', '28,28,1 onnx']);
    expect(refusals[0]).to.match(
      /^no-such-model there is no folder models\/fashion-29 here, nor .*boomerang:fashion-28/,
    );
    expect(refusals[1]).to.match(/^no-such-model there is no model boomerang:fashion-29 in tfjs-boomerang/);
    expect(refusals[2]).to.match(/^no-such-/);
    expect(status).to.equal(0);
  });

  it('runs the first code block of the README as it stands', () => {
    const [, block = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    write('start.mjs', block);
    const { status, stderr } = node('start.mjs');
    expect(status, stderr).to.equal(0);
    expect(readFileSync(path('variants.png')).subarray(1, 4).toString()).to.equal('PNG');
  });

  for (const [name, said] of [
    ['augment', /^\d+ of 24 images were variants\n$/m],
    ['anonymise', /^strength 0\.\d: 40 copies\n0(\.\d+)? of them are traced to their originals\n$/],
    ['enhance', /^made small again, they are what was seen within 0\.\d\d of 255\n$/],
  ] as const) {
    it(`runs the program of the start page that is about: ${name}`, () => {
      write(`${name}.mjs`, readFileSync(join(root, `examples/start/${name}.js`), 'utf8'));
      const { status, stdout, stderr } = node(`${name}.mjs`);
      expect(stdout, stderr).to.match(said);
      expect(status).to.equal(0);
    });
  }

  it('has a command line that runs', () => {
    const main = path(join(home, manifest.bin.boomerang));
    expect(node(main, '--version')).to.include({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    expect(node(main, 'info', 'models/fashion-28')).to.include({ status: 0, stderr: '' });
  });
});
