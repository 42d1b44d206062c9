import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { scratchFolder } from './scratch.ts';
import { root } from './shared.ts';

describe('describeShared', () => {
  const path = scratchFolder();

  /** The last line of a run of one suite, and all that it said. */
  const run = (suite: string): { last: string | undefined; said: string } => {
    const module = JSON.stringify(join(root, 'test/support/shared.ts'));
    writeFileSync(path('suite.mts'), `import { describeShared } from ${module};\n${suite}`);
    const mocha = 'node_modules/mocha/bin/mocha.js';
    const flags = ['--no-config', '--reporter', join(root, 'test/support/reporter.cjs'), path('suite.mts')];
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', mocha, ...flags], {
      cwd: root,
      encoding: 'utf8',
    });
    return { last: stdout.trimEnd().split('\n').at(-1), said: stdout + stderr };
  };

  it('does not run the body where a path is missing, and leaves one pending test that names it', () => {
    const { last, said } = run(`describeShared('all of it', ['..', 'no/such'], () => { throw new Error('ran'); });`);
    expect(said)
      .to.match(/all of it\n.*- needs \.\.\/shared\/no\/such/)
      .and.not.include('Error');
    expect(last).to.equal('0 passed, 0 failed, 1 skipped');
  });

  it('runs the body where all paths are there', () => {
    const { last } = run(`describeShared('all of it', ['..', '../..'], () => it('runs', () => {}));`);
    expect(last).to.equal('1 passed, 0 failed, 0 skipped');
  });
});
