import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { grey, runOf } from '../node/runs/drawn.ts';
import { makeRun } from '../node/runs/madeRun.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';

describe('the example of runs', () => {
  const scratch = scratchFolder();

  it('trains on what a run has made', async () => {
    const { dest } = await makeRun(scratch, { given: grey, model: gaussianModel(), ...runOf(), originals: true });
    const argv = ['--import', 'tsx', join(root, 'examples/runs.ts'), dest];
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: root });
    expect(stdout).to.match(/trained on 6 images/);
  });
});
