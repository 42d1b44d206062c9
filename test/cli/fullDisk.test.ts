import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { writePng } from '../../src/node/images.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { stripes, writeIdx } from '../support/stripes.ts';

const MODEL = join(root, 'models/fashion-28');

describe('an output that does not fit', () => {
  const path = scratchFolder();

  /** The command line with no file longer than 1024 bytes, which fails like a disk that is full. */
  const cramped = (...argv: string[]) => {
    const program = [process.execPath, '--import', 'tsx', join(root, 'src/cli/main.ts'), ...argv];
    const env = { ...process.env, TSX_DISABLE_CACHE: '1' };
    return spawnSync('sh', ['-c', 'ulimit -f 2; exec "$@"', 'sh', ...program], { cwd: root, encoding: 'utf8', env });
  };

  beforeEach(async function () {
    if (spawnSync('sh', ['-c', 'ulimit -f 2']).status !== 0) this.skip(); // there are no such limits here
    mkdirSync(path('out'));
    writeFileSync(path('out/earlier.txt'), 'earlier');
    await writePng(path('a.png'), new Float32Array(28 * 28).fill(0.5), [28, 28, 1]);
    writeIdx(path('data'), stripes(300));
  });

  const way = ['--model', MODEL, '--backend', 'wasm', '--steps', '1'];
  const commands: readonly [name: string, argv: () => string[]][] = [
    ['sample', () => ['sample', path('a.png'), ...way, '--out', path('out/grid.png')]],
    [
      'tune',
      () => {
        const size = ['--images', '20', '--variants', '2', '--strengths', '0.1,0.3'];
        return ['tune', path('data'), ...way, ...size, '--out', path('out')];
      },
    ],
  ];
  for (const [name, argv] of commands) {
    it(`of ${name} is said in one line, with status 2, and nothing of it is left`, () => {
      const { status, stdout, stderr } = cramped(...argv());
      expect(stderr).to.match(/(^|\n)error bad-output: cannot write [^\n]*EFBIG[^\n]*\n$/);
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
      expect(readdirSync(path('out'))).to.deep.equal(['earlier.txt']);
    });
  }
});
