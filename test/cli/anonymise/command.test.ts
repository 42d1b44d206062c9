import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeFiles } from '../../node/dataFiles.ts';
import { runInProcess } from '../../support/cli.ts';
import { expectNoLeak } from '../../support/tensors.ts';
import { classFolders } from './dataSets.ts';
import { bytesBelow, trial } from './trial.ts';

describe('boomerang anonymise', () => {
  const { path, parts, argv, run } = trial();

  beforeEach(async () => writeFiles((name) => path(`in/${name}`), await classFolders()));

  /** All that is below the folder of the test, and when it was changed. */
  const all = (): [string, number][] =>
    readdirSync(path(), { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => [name, statSync(path(name)).isFile() ? statSync(path(name)).mtimeMs : 0]);

  it('tells with --dry-run what it would take, and writes nothing', () =>
    expectNoLeak(async () => {
      const before = all();
      const secret = ['--keep-key', path('key'), '--audit', path('audit')];
      const { status, stdout, stderr } = await run('in', '--dry-run', ...secret);
      expect(status, stderr).to.equal(0);
      expect(stdout).to.match(
        /^estimate: [^\n]* and \d+\.\d GB of memory for \d+ evaluations, and \d+ kB of disk at most\n$/,
      );
      const { stdout: json } = await run('in', '--dry-run', '--json');
      const cost = JSON.parse(json);
      expect(cost).to.have.all.keys('evaluations', 'seconds', 'memoryBytes', 'diskBytes');
      for (const value of Object.values(cost)) expect(value).to.be.above(0);
      expect(all()).to.deep.equal(before);
    }));

  it('says to people what came out, and what it does meanwhile in the order in which it does it', () =>
    expectNoLeak(async () => {
      const { status, stdout, stderr } = await runInProcess(
        argv('in', '--key', parts.key, '--strengths', '0.2,0.4').filter((word) => word !== '--no-attacks'),
      );
      expect(status, stderr).to.equal(0);
      const [head = '', weak = '', strong = '', ...lines] = stdout.trimEnd().split('\n');
      expect(head).to.match(/^strength +own +person +at most +distance +SSIM +found$/);
      for (const row of [weak, strong]) expect(row).to.match(/^ *0\.[24]( \*)? +\d+\.\d % +- +\d+\.\d % +0\.\d{3} /);
      expect(`${weak}${strong}`.match(/ \* /g), 'one is chosen').to.have.length(1);
      expect(lines[0]).to.match(/^model\.json [0-9a-f]{12}: [^\n]* of the copies are found by their originals$/);
      expect(lines.join('\n')).to.match(/^12 images: copied, and judged$/m);
      const said = stderr.split('\n').map((line) => line.replace(/done in .*/, 'done'));
      expect(said).to.deep.equal([
        'backend: wasm, engine: onnx',
        ...['looking at originals', 'choosing strength', 'making copies', 'trying attacks'].flatMap((phase) => [
          `${phase}: begins`,
          `${phase}: done`,
        ]),
        `wrote ${path('out')}, and what was measured into ${path('out-report')}`,
        '',
      ]);
    }));

  it('prints with --json the report and nothing else, and writes the report where it is told to', async () => {
    const { status, stdout, stderr } = await run('in', '--key', parts.key, '--json', '--report', path('figures/of/it'));
    expect(status, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ version: 1, target: 0.9, per: 'set' });
    expect(readdirSync(path()).sort()).to.deep.equal(['figures', 'in', 'out']);
    expect(readdirSync(path('figures/of/it')).sort()).to.deep.equal(['report.html', 'report.json']);
  });

  for (const [title, options, wanted] of [
    [
      'each image as far as it must go',
      ['--per', 'image', '--strengths', '0.3,0.9', '--target', '0.3', '--strengths', '0.5,1'],
      { per: 'image' },
    ],
    ['images without a face as they are', ['--no-face', 'copy'], { noFace: 'copy' }],
    ['images without a face whole', ['--no-face', 'whole'], { noFace: 'whole' }],
    ['images without a face not at all', ['--no-face', 'skip'], { noFace: 'skip' }],
  ] as const) {
    it(`takes its option for ${title}`, async () => {
      const { status, stdout, stderr } = await run('in', '--key', parts.key, '--json', ...options);
      expect(status, stderr).to.equal(0);
      const report = JSON.parse(stdout);
      expect(report).to.include(wanted);
      expect('threshold' in report.chosen).to.equal(title.startsWith('each'));
      expect('tries' in report).to.equal(title.startsWith('each'));
    });
  }

  for (const [options, isMarked] of [
    [[], true],
    [['--no-mark'], false],
  ] as const) {
    it(`writes into each picture ${isMarked ? 'that it is synthetic' : 'no mark, where none is wanted'}`, async () => {
      const { status, stderr } = await run('in', '--key', parts.key, ...options);
      expect(status, stderr).to.equal(0);
      const pictures = [...bytesBelow(path('out'))].filter(([name]) => name.endsWith('.png'));
      expect(pictures).to.have.length(12);
      for (const [name, bytes] of pictures) expect(bytes.includes('AlgorithmicMedia'), name).to.equal(isMarked);
    });
  }

  it('leaves the mode of a folder alone that was there before the report', async () => {
    writeFiles(path, { 'reports/other.txt': Buffer.from('mine') });
    const before = statSync(path('reports')).mode;
    const { status, stderr } = await run('in', '--key', parts.key, '--report', path('reports'));
    expect(status, stderr).to.equal(0);
    expect(statSync(path('reports')).mode).to.equal(before);
    expect(statSync(join(path('reports'), 'report.html')).mode & 0o777).to.equal(0o600);
  });

  it('explains itself', async () => {
    const { status, stdout } = await runInProcess(['anonymise', '--help']);
    expect(status).to.equal(0);
    const words = stdout.replaceAll(/\s+/g, ' ');
    expect(words).to.match(/^Usage: boomerang anonymise \[options\] <data>/);
    for (const part of ['--target <share>', '--judge <name>', '--no-face <what>', 'default: 400, or as many']) {
      expect(words).to.include(part);
    }
    expect(words).to.not.match(/anonymous|compliant|irreversible/i);
  });
});
