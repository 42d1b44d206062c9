import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import type { TuneReport } from '../../src/cli/tune/report.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { writePng } from '../../src/node/images.ts';
import { runInProcess, startCli } from '../support/cli.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { stripes, writeIdx } from '../support/stripes.ts';

const MODEL = join(root, 'models/fashion-28');

describe('a command that is told to end', () => {
  const path = scratchFolder();

  /** Once a file is there. */
  const appears = (folder: string, name: string): Promise<void> =>
    new Promise((done) => {
      const watcher = watch(folder, () => {
        if (!existsSync(join(folder, name))) return;
        watcher.close();
        done();
      });
    });

  it('keeps the strengths that tune has measured, from which the same command goes on', async function () {
    this.timeout(240_000); // four runs of it
    writeIdx(path('data'), stripes(300));
    mkdirSync(path('out'));
    const argv = (out: string): string[] => {
      const size = ['--images', '20', '--variants', '2', '--strengths', '0.1,0.3,0.6', '--steps', '4'];
      return ['tune', path('data'), '--model', MODEL, '--backend', 'wasm', '--out', path(out), '--json', ...size];
    };
    const { child, said, status } = startCli(argv('out'));
    await Promise.race([appears(path('out'), 'measured.json'), status]);
    child.kill('SIGTERM');
    expect(await status, said().stderr).to.equal(143);
    expect(said().stdout).to.equal('');
    expect(said().stderr).to.match(
      /\nstopped; [^\n]*measured\.json keeps \d measured strengths[^\n]* goes on[^\n]*\n$/,
    );
    expect(readdirSync(path('out'))).to.deep.equal(['measured.json']);
    const kept = JSON.parse(readFileSync(path('out/measured.json'), 'utf8')).points.length;
    expect(kept).to.be.within(1, 2);

    const resumed = await runInProcess(argv('out'));
    expect(resumed.stderr).to.include(`going on after ${kept} strengths`);
    expect(readdirSync(path('out')).sort()).to.deep.equal(['tune.json', 'tune.png']);
    const timeless = ({ stdout }: { stdout: string }): unknown => {
      const { points, ...rest } = JSON.parse(stdout) as TuneReport;
      return { ...rest, points: points.map((point) => ({ ...point, secondsPerVariant: 0 })) };
    };
    expect(timeless(resumed)).to.deep.equal(timeless(await runInProcess(argv('whole'))));
  });

  it('says that strengths of other settings are of no use', async () => {
    writeIdx(path('data'), stripes(300));
    const argv = ['tune', path('data'), '--model', MODEL, '--backend', 'wasm', '--out', path('out'), '--steps', '1'];
    const small = ['--images', '10', '--variants', '2', '--strengths', '0.1'];
    mkdirSync(path('out'));
    copyFileSync(join(root, 'package.json'), path('out/measured.json'));
    const { status, stderr } = await runInProcess([...argv, ...small]);
    expect(status, stderr).to.equal(0);
    expect(stderr).to.match(/measured\.json is not used, and will be replaced: it is damaged\n/);
  });

  for (const [signal, wanted] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`leaves sample with status ${wanted} after ${signal}, and nothing half written`, async () => {
      await writePng(path('a.png'), new Float32Array(28 * 28).fill(0.5), [28, 28, 1]);
      mkdirSync(path('out'));
      const way = ['--strength', '0.2,0.4', '--variants', '200', '--steps', '50', '--backend', 'wasm'];
      const { child, said, hears, status } = startCli([
        'sample',
        path('a.png'),
        '--model',
        MODEL,
        '--out',
        path('out/grid.png'),
        ...way,
      ]);
      await hears('variants: begins');
      child.kill(signal);
      expect(await status, said().stderr).to.equal(wanted);
      expect(said().stderr).to.match(/\nstopped; (nothing was made yet|\d+ of 400 variants)[^\n]* anew\n$/);
      const files = readdirSync(path('out'));
      expect(files).to.deep.equal(/nothing/.test(said().stderr) ? [] : ['grid.png']);
      for (const file of files) expect((await sharp(path(`out/${file}`)).stats()).channels).to.have.length(3);
    });
  }

  it('prints what evaluate has measured until then', async () => {
    writeIdx(path('data'), stripes(300));
    const way = [
      '--part',
      'train',
      '--no-classifier',
      '--images',
      '10',
      '--steps',
      '100',
      '--json',
      '--backend',
      'wasm',
    ];
    const { child, said, hears, status } = startCli(['evaluate', MODEL, path('data'), ...way]);
    await hears('returns: begins');
    child.kill('SIGTERM');
    expect(await status, said().stderr).to.equal(143);
    expect(said().stderr).to.match(/\nstopped; [^\n]+ anew\n$/);
    const { stopped, quality } = JSON.parse(said().stdout);
    expect({ stopped, images: quality.images }).to.deep.equal({ stopped: true, images: 10 });
  });

  it('prints what cache verify has read until then', async () => {
    const cache = diskCache(path('cache'), { maxBytes: 2 ** 20 });
    for (let n = 0; n < 5; n += 1) cache.set(`key ${n}`, new Float32Array(100).fill(n));
    cache.dispose?.();
    const segment = readdirSync(path('cache')).find((name) => name.endsWith('.latents')) as string;
    const numbered = (n: number): string => segment.replace(/^\d+/, String(n).padStart(8, '0'));
    for (let n = 2; n < 5000; n += 1) copyFileSync(path(`cache/${segment}`), path(`cache/${numbered(n)}`));
    const { child, said, hears, status } = startCli(['cache', 'verify', path('cache'), '--json']);
    await hears('verified: begins');
    child.kill('SIGINT');
    expect(await status, said().stderr).to.equal(130);
    expect(JSON.parse(said().stdout)).to.include({ stopped: true, damaged: 0 });
  });
});
