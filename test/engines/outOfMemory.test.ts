import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../support/shared.ts';

describe('the wasm backend without memory', () => {
  it('runs a batch in parts, refuses one image in one line, and is sound when there is memory again', () => {
    const child = spawnSync(process.execPath, ['--import', 'tsx', join(root, 'test/engines/outOfMemoryChild.ts')], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(child.status, child.stderr).to.equal(0);
    const { full, none, ...rest } = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '');
    expect(full.code).to.equal('out-of-memory');
    expect(none.code).to.equal('out-of-memory');
    expect(none.message)
      .to.match(/wasm backend has no memory for this network on one image of \[28,28,1\].*dispose/)
      .and.not.include('\n');
    expect(rest).to.deep.equal({ difference: 0, later: 0, laterOne: 0, leaked: 0 });
    expect(child.stderr).to.match(/no memory for 48 images at once; going on with 24\n/);
  }).timeout(120_000);
});
