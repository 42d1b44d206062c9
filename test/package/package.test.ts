import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
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

  it('holds the model, the licence and no file that points out of it', () => {
    expect(files()).to.include.members(['LICENSE', 'README.md', 'models/fashion-28/unet/config.json']);
    expect(files().filter((name) => /\.map$|^(src|test)\//.test(name))).to.deep.equal([]);
    const scripts = files().filter((name) => name.endsWith('.js'));
    for (const name of scripts) expect(readFileSync(path(join(home, name)), 'utf8')).to.not.include('sourceMappingURL');
  });

  it('stays below 6 MB, of which the model is 2.8', () => {
    expect(files().reduce((sum, name) => sum + statSync(path(join(home, name))).size, 0)).to.be.below(6e6);
  });

  it('opens its model by name from any project, and says what it has when asked for another', () => {
    write(
      'open.js',
      `
      import { chooseBackend, loadModel } from 'tfjs-boomerang';
      await chooseBackend({ backend: 'wasm' });
      const model = await loadModel('models/fashion-28');
      console.log(model.imageShape.join(), model.engine);
      model.dispose();
      await loadModel('models/fashion-29').catch(({ code, message }) => console.log(code, message));
    `,
    );
    const { stdout, status } = node('open.js');
    expect(stdout).to.match(/^28,28,1 onnx\nno-such-model .*models\/fashion-29 .*models\/fashion-28/);
    expect(status).to.equal(0);
  });

  it('runs the first code block of the README as it stands', () => {
    const [, block = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    write('start.mjs', block);
    const { status, stdout, stderr } = node('start.mjs');
    expect(stdout, stderr).to.match(/^\d+ of 24 images were variants\n$/m);
    expect(status).to.equal(0);
  });

  it('has a command line that runs', () => {
    const main = path(join(home, manifest.bin.boomerang));
    expect(node(main, '--version')).to.include({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    expect(node(main, 'info', 'models/fashion-28')).to.include({ status: 0, stderr: '' });
  });
});
