import { expect } from 'chai';
import { writePng } from '../../src/node/images.ts';
import { runInProcess } from '../support/cli.ts';
import { graphFiles, writeModel } from '../support/foreignModels.ts';
import { scratchFolder } from '../support/scratch.ts';

const sidecar = { schedule: { num_train_timesteps: 100 }, prediction: 'epsilon' };

describe('model.json on the command line', () => {
  const at = scratchFolder();

  it('is told by info', async () => {
    const path = writeModel(at('face'), graphFiles(), sidecar);
    const { status, stdout, stderr } = await runInProcess(['info', path, '--backend', 'wasm', '--json']);
    expect(status, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.include({ imageShape: [4, 4, 3], parameterCount: 9, timesteps: 100 });
  });

  it('makes variants', async () => {
    const path = writeModel(at('face'), graphFiles(), sidecar);
    await writePng(at('a.png'), new Float32Array(48).fill(0.5), [4, 4, 3]);
    const options = ['--steps', '2', '--variants', '1', '--backend', 'wasm', '--out', at('sheet.png'), '--json'];
    const { status, stdout, stderr } = await runInProcess(['sample', at('a.png'), '--model', path, ...options]);
    expect(status, stderr).to.equal(0);
    expect(JSON.parse(stdout).rows).to.have.lengthOf(3);
  });

  it('is refused in one line when it is not said what it is', async () => {
    const path = writeModel(at('face'), graphFiles());
    const { status, stderr } = await runInProcess(['info', path, '--backend', 'wasm']);
    expect(status).to.equal(2);
    expect(stderr).to.match(/^error missing-description: .*boomerang\.json.*\n$/);
  });
});
