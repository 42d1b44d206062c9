import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { type SampleRow, sampleVariants } from '../../../src/cli/sample/sampling.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import { runInProcess } from '../../support/cli.ts';
import { saidWhile } from '../../support/said.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { root } from '../../support/shared.ts';
import { expectNoLeak } from '../../support/tensors.ts';
import { describeTfjsNode } from '../../support/tfjsNode.ts';

const MODEL = join(root, 'models/fashion-28');
const FAST = ['--model', MODEL, '--backend', 'wasm', '--steps', '2', '--variants', '1'];

describe('boomerang sample', () => {
  const path = scratchFolder();

  beforeEach(async () => {
    const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) => (i % 28 > 8 && i % 28 < 20 ? 200 : 0));
    const image = sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
      .toColourspace('b-w')
      .png();
    await image.toFile(path('a.png'));
    await image.negate().toFile(path('b.png'));
  });

  it('warns of nothing that was not asked for', async () => {
    const said = await saidWhile(() => runInProcess(['sample', path('a.png'), ...FAST, '--out', path('grid.png')]));
    expect(said).to.deep.equal([]);
  });

  const figures = async (
    ...argv: string[]
  ): Promise<{ model: string; backend: string; evaluations: number; rows: SampleRow[] }> => {
    const { status, stdout, stderr } = await runInProcess([
      'sample',
      path('a.png'),
      ...FAST,
      '--json',
      '--out',
      path('grid.png'),
      ...argv,
    ]);
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout);
  };

  it('prints one row of figures for each strength, as JSON and nothing else', async () => {
    const { rows, ...rest } = await figures('--strength', '0.1,0.5');
    expect(rest).to.deep.equal({ model: MODEL, backend: 'wasm', evaluations: 4 });
    expect(rows.map(({ strength, timestep, evaluations }) => [strength, timestep, evaluations])).to.deep.equal([
      [0.1, 100, 2],
      [0.5, 500, 2],
    ]);
    for (const row of rows) {
      expect(row).to.have.all.keys(
        ...['strength', 'timestep', 'sigma', 'evaluations', 'distance', 'secondsPerVariant', 'variants'],
      );
    }
  });

  it('takes as many evaluations as its estimate says, which writes nothing', async () => {
    const argv = ['sample', path('a.png'), path('b.png'), '--model', MODEL, '--backend', 'wasm', '--json'];
    const some = ['--strength', '0,0.2,0.6', '--variants', '3', '--solver', 'heun', '--steps', '2'];
    const say = async (...more: string[]) => {
      const { status, stdout, stderr } = await runInProcess([...argv, ...some, '--out', path('grid.png'), ...more]);
      expect(status, stderr).to.equal(0);
      return JSON.parse(stdout);
    };
    const estimate = await say('--dry-run');
    expect(estimate).to.have.all.keys('evaluations', 'seconds', 'memoryBytes');
    expect(existsSync(path('grid.png'))).to.equal(false);
    expect((await say()).evaluations)
      .to.equal(estimate.evaluations)
      .and.to.equal(2 * 3 * 2 * 3);
  });

  it('keeps the variants that were made when it is stopped', () =>
    expectNoLeak(async () => {
      const model = await loadModel(MODEL);
      const controller = new AbortController();
      const sampling = { strengths: [0.2, 0.4], variants: 3, steps: 2, seed: 'a' };
      const onProgress = (share: number): void => {
        if (share >= 9 / 12) controller.abort(new Error('stopped'));
      };
      const images = [new Float32Array(28 * 28).fill(0.5)];
      const whole = await sampleVariants(model, images, { sampling, onProgress: () => undefined });
      const { rows, variants } = await sampleVariants(model, images, {
        sampling,
        onProgress,
        signal: controller.signal,
      });
      expect(rows.map((row) => [row.strength, row.variants])).to.deep.equal([
        [0.2, 3],
        [0.4, 1],
      ]);
      expect(variants).to.deep.equal(whole.variants.map((list) => list.slice(0, 4)));
      model.dispose();
    }));

  it('moves further from the original at a higher strength, and not at all at 0', async () => {
    const { rows } = await figures('--strength', '0,0.1,0.6');
    const [none = Number.NaN, low = Number.NaN, high = Number.NaN] = rows.map(({ distance }) => distance);
    expect(none).to.be.at.most(1e-6);
    expect(low).to.be.above(0.01);
    expect(high).to.be.above(low);
  });

  it('writes the same sheet for the same seed, and another one for another seed', async () => {
    const sheet = async (seed: string): Promise<string> => {
      await figures('--seed', seed, '--strength', '0.4');
      return readFileSync(path('grid.png'), 'base64').replaceAll('\n', '');
    };
    const first = await sheet('s');
    expect(await sheet('s')).to.equal(first);
    expect(await sheet('t')).to.not.equal(first);
  });

  it('draws a row for each image and a table for people, and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const out = path('new folder/grid.png');
      const images = [path('a.png'), path('b.png')];
      const { status, stdout, stderr } = await runInProcess([
        'sample',
        ...images,
        ...FAST,
        '--label',
        'Dress',
        '--out',
        out,
      ]);
      expect(status, stderr).to.equal(0);
      expect(stdout.split('\n')[0]).to.match(/strength +timestep +sigma +evaluations +distance +seconds per variant/);
      expect(stdout.trim().split('\n')).to.have.length(1 + 3);
      expect(stderr).to.include('backend: wasm').and.include('grid.png');
      const { width, height } = await sharp(out).metadata();
      expect(width).to.be.above(4 * 84);
      expect(height).to.be.within(2 * 84, 3 * 84);
      expect(readdirSync(path('new folder'))).to.deep.equal(['grid.png']);
    }));

  it('takes an image of another size and in colour as train does, and says what was done to it', async () => {
    await sharp({ create: { width: 40, height: 20, channels: 3, background: '#ff8000' } })
      .png()
      .toFile(path('wide.png'));
    const argv = ['sample', path('wide.png'), ...FAST, '--strength', '0.1', '--out', path('grid.png')];
    const refused = await runInProcess(argv);
    expect(refused.stderr).to.match(/^error wrong-image-size: [^\n]+40 x 20[^\n]+\n$/);
    const { status, stderr } = await runInProcess([...argv, '--fit', 'resize']);
    expect(status, stderr).to.equal(0);
    expect(stderr).to.match(/^.*wide\.png: colour was made grey$/m);
  });

  describeTfjsNode('the same variants', () => {
    it('come from tfjs-node and from wasm', async () => {
      const [wasm] = (await figures('--strength', '0.4')).rows;
      const { backend, rows } = await figures('--strength', '0.4', '--backend', 'tfjs-node');
      expect(backend).to.equal('tfjs-node');
      expect(rows[0]?.distance).to.be.closeTo(wasm?.distance ?? Number.NaN, 1e-5);
    });
  });
});

describe('boomerang info', () => {
  it('says what a model is', async () => {
    const { status, stdout } = await runInProcess(['info', MODEL, '--json', '--backend', 'wasm']);
    expect(status).to.equal(0);
    const facts = JSON.parse(stdout);
    expect(facts).to.include({ architecture: 'UNet2DModel', parameterCount: 1_114_209, nullLabel: 10 });
    expect(facts).to.include({ scheduler: 'DDPMScheduler', solver: 'dpm++2m' });
    expect(facts.imageShape).to.deep.equal([28, 28, 1]);
    expect(facts.classes).to.include('Ankle boot');
    expect(facts.digest).to.match(/^[0-9a-f]+$/);
  });

  it('says it to people too', async () => {
    const { stdout } = await runInProcess(['info', MODEL, '--backend', 'wasm']);
    expect(stdout).to.match(/^parameters +1114209$/m);
  });
});

describe('the boomerang program', () => {
  const path = scratchFolder();
  const boomerang = (...argv: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...argv], {
      cwd: root,
      encoding: 'utf8',
    });

  it('prints its version and ends with 0', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(boomerang('--version')).to.include({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('ends with 2 after one line about bad input', () => {
    const argv = ['sample', path('a.png'), '--model', path('absent'), '--backend', 'wasm', '--out', path('grid.png')];
    const { status, stdout, stderr } = boomerang(...argv);
    expect(stderr).to.match(/^error no-such-model: [^\n]+\n$/);
    expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
    expect(existsSync(path('grid.png'))).to.equal(false);
  });

  for (const [argv, status] of [
    [['--help'], 0],
    [['sample', '--help'], 0],
    [[], 2],
  ] as const) {
    it(`shows its help after "${argv.join(' ')}" and ends with ${status}`, async () => {
      const ran = await runInProcess(argv);
      expect(ran.status).to.equal(status);
      expect(status === 0 ? ran.stdout : ran.stderr).to.match(/^Usage: boomerang/);
    });
  }
});
