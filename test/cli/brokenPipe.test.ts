import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { writePng } from '../../src/node/images.ts';
import { startCli } from '../support/cli.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';

const MODEL = join(root, 'models/fashion-28');

describe('a reader who goes away', () => {
  const path = scratchFolder();
  const sample = (): string[] => {
    const way = ['--steps', '1', '--variants', '1', '--strength', '0.2', '--json'];
    return ['sample', path('a.png'), '--model', MODEL, '--backend', 'wasm', '--out', path('grid.png'), ...way];
  };

  beforeEach(() => writePng(path('a.png'), new Float32Array(28 * 28).fill(0.5), [28, 28, 1]));

  const commands: readonly [name: string, argv: () => string[]][] = [
    ['--help', () => ['--help']],
    ['info --json', () => ['info', MODEL, '--json', '--backend', 'wasm']],
    ['sample --json', sample],
  ];
  for (const [name, argv] of commands) {
    it(`of ${name} ends it as a broken pipe ends other programs, with status 141 and without a word about it`, async () => {
      const { child, said, status } = startCli(argv());
      child.stdout.destroy();
      expect(await status).to.equal(141);
      expect(said().stderr).to.not.match(/EPIPE|Error|\n {4}at /);
    });
  }

  it('of stderr stops nothing', async () => {
    const { child, said, status } = startCli(sample());
    child.stderr.destroy();
    expect(await status).to.equal(0);
    expect(JSON.parse(said().stdout).rows).to.have.length(1);
    expect(existsSync(path('grid.png'))).to.equal(true);
  });

  it('is told in one line when results cannot be written', function () {
    if (!existsSync('/dev/full')) this.skip();
    const argv = ['--import', 'tsx', join(root, 'src/cli/main.ts'), '--help'];
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, stdio: ['ignore', full, 'pipe'] });
    expect(String(stderr)).to.match(/^error bad-output: [^\n]*ENOSPC[^\n]*\n$/);
    expect(status).to.equal(2);
  });
});
