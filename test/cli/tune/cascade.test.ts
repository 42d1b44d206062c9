import { existsSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import type { CascadeReport, ReportedCascade } from '../../../src/cli/tune/cascade/report.ts';
import { type Ran, runInProcess, startCli } from '../../support/cli.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { root } from '../../support/shared.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const IMAGES = join(root, 'examples/images');
const MODEL = ['--model', join(root, 'models/fashion-28'), '--backend', 'wasm'];
const SMALL = ['--factor', '4', '--degrade', 'mean', '--images', '10', '--evaluations', '1', '--samples', '2'];

describe('boomerang tune --task enhance', function () {
  this.timeout(120_000);
  const path = scratchFolder();
  const argv = (out: string, ...more: readonly string[]): string[] => [
    ...['tune', IMAGES, '--task', 'enhance', ...MODEL, '--out', path(out), ...SMALL, ...more],
  ];
  const tune = (...more: readonly string[]): Promise<Ran> => runInProcess(argv('out', ...more));
  const timeless = ({ stdout }: { stdout: string }): unknown =>
    JSON.parse(stdout, (name, value) => (name === 'seconds' ? 0 : value));

  it('writes a picture and the figures that it prints as JSON', async () => {
    const { status, stdout, stderr } = await tune('--json');
    expect(status, stderr).to.equal(0);
    expect(readdirSync(path('out')).sort()).to.deep.equal(['cascade.json', 'cascade.png']);
    expect(stdout).to.equal(readFileSync(path('out/cascade.json'), 'utf8'));
    const report: CascadeReport = JSON.parse(stdout);
    expect(report).to.include({ task: 'enhance', factor: 4, degrade: 'mean', goal: 'fidelity', samples: 2 });
    expect(report.data).to.deep.equal({ folder: IMAGES, images: 10, of: 50 });
    const evaluations = report.points.map((point) => point.evaluations);
    expect(new Set(evaluations)).to.deep.equal(new Set([1]));
    expect(report.evaluations).to.equal(evaluations.reduce((sum, one) => sum + 2 * 10 * one, 0));
    const [, most] = /for (\d+) evaluations at most/.exec(stderr) as unknown as [string, string];
    expect(report.evaluations).to.be.at.most(Number(most));
    expect(report.points.map(({ cascade }) => cascade)).to.include(report.chosen.cascade);
    expect(report.baseline).to.include({ cascade: '', evaluations: 0 });
    expect(report.chosen.seconds).to.be.above(0);
    const { width, height } = await sharp(path('out/cascade.png')).metadata();
    expect([width > 800, height > 600]).to.deep.equal([true, true]);
  });

  it('prints a table, and the command and the code to use, for a single result that looks best, too', () =>
    expectNoLeak(async () => {
      mkdirSync(path('out'));
      writeFileSync(path('out/measured-cascades.json'), '{"points');
      const { status, stdout, stderr } = await tune('--for', 'looks', '--samples', '1', '--evaluations', '3');
      expect(status, stderr).to.equal(0);
      expect(stderr).to.match(/measured-cascades\.json is not used, and will be replaced: it is damaged\n/);
      expect(stderr)
        .to.match(/estimate: .* evaluations at most\n/)
        .and.to.match(/wrote .*cascade\.png/);
      expect(stdout).to.match(/cascade +evaluations +seconds each +PSNR.*\nwithout the model +0 /);
      const [, cascade] = /\ntake ([\dx.,]+): /.exec(stdout) as unknown as [string, string];
      expect(stdout).to.match(/\nit is (better|not surely better) than what can be had without the model/);
      const [, command] = /\nboomerang (enhance .*)\n/.exec(stdout) as unknown as [string, string];
      expect(command).to.include(`--factor 4 --degrade mean --cascade ${cascade} --out`);
      expect(stdout).to.match(
        /\nawait enhance\(model, images, \{ factor: 4, degrade: 'mean', cascade: .*seed: '0' \}\)\n/,
      );
      const report: CascadeReport = JSON.parse(readFileSync(path('out/cascade.json'), 'utf8'));
      const distance = ({ one }: ReportedCascade): number => one.distance.mean;
      expect(Math.min(...report.points.map(distance))).to.equal(distance(report.best));
      const small = join(IMAGES, '3-dress-0.png'); // what it says can be said
      const words = command.replace('IMAGE…', small).replace('DIR', path('made')).split(' ').slice(1);
      const ran = await runInProcess(['enhance', ...words, '--backend', 'wasm', '--dry-run']);
      expect(ran.status, ran.stderr).to.equal(0);
    }));

  it('says beforehand what it would take at most, and writes nothing', async () => {
    const { status, stdout } = await tune('--dry-run');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^estimate: .* evaluations at most\n$/);
    expect(existsSync(path('out'))).to.equal(false);
  });

  it('goes on after kill -9 from the cascades that it kept, to the same figures', async () => {
    mkdirSync(path('out'));
    const { child, status } = startCli(argv('out', '--json'));
    const kept = path('out/measured-cascades.json');
    const countOf = (): number => (existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')).points.length : 0);
    await new Promise<void>((done) => {
      const watcher = watch(path('out'), () => {
        if (countOf() < 3) return;
        watcher.close();
        done();
      });
      void status.then(() => done());
    });
    child.kill('SIGKILL');
    expect(await status).to.equal(null);
    const count = countOf();
    expect(count).to.be.at.least(3);
    const resumed = await tune('--json');
    expect(resumed.stderr).to.include(`going on after ${count} cascades`);
    expect(readdirSync(path('out')).sort()).to.deep.equal(['cascade.json', 'cascade.png']);
    expect(timeless(resumed)).to.deep.equal(timeless(await runInProcess(argv('whole', '--json'))));
  });

  const REFUSED: Readonly<Record<string, readonly [argv: readonly string[], code: string]>> = {
    'a task that is none': [['--task', 'what'], 'unknown-task'],
    'an option of the other task': [['--strengths', '0.1'], 'wrong-task'],
    'a measure of strengths': [['--by', 'distance'], 'wrong-task'],
    'steps, which each throw has of its own': [['--steps', '5'], 'wrong-task'],
    'a factor of 1.3': [['--factor', '1.3'], 'bad-factor'],
    'a factor that does not divide the size': [['--factor', '3'], 'bad-factor'],
    'a word for how images are made small': [['--degrade', 'blur'], 'unknown-degrade'],
    'noise that is no number': [['--noise', 'much'], 'bad-noise'],
    'a goal that is none': [['--for', 'speed'], 'unknown-goal'],
    'no samples': [['--samples', '0'], 'bad-samples'],
    'no evaluations': [['--evaluations', '0'], 'bad-evaluations'],
    'fewer images than say anything': [['--images', '9'], 'bad-images'],
    'more images than there are': [['--images', '51'], 'bad-images'],
    'a prompt for a model without text': [['--prompt', 'a shoe'], 'bad-prompt'],
  };
  for (const [title, [more, code]] of Object.entries(REFUSED)) {
    it(`refuses ${title}, in one line, and writes nothing`, () =>
      expectNoLeak(async () => {
        const { status, stdout, stderr } = await tune(...more);
        expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
        expect(stderr).to.match(new RegExp(`^error ${code}: [^\n]+\n$`));
        expect(existsSync(path('out'))).to.equal(false);
      }));
  }

  it('refuses no factor at all, and for strengths what only cascades have', async () => {
    const given = ['tune', IMAGES, ...MODEL, '--out', path('out')];
    expect((await runInProcess([...given, '--task', 'enhance'])).stderr).to.match(/^error bad-factor: .*--factor 4\n$/);
    expect((await runInProcess([...given, '--factor', '4'])).stderr).to.match(/^error wrong-task: [^\n]+\n$/);
  });
});
