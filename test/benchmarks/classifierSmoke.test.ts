import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ARMS } from '../../benchmarks/classifier/arms.ts';
import type { Place } from '../../benchmarks/classifier/openBench.ts';
import type { RunRecord, Study } from '../../benchmarks/classifier/record.ts';
import { DEFAULTS } from '../../benchmarks/classifier/settings.ts';
import type { FromWorker, ToWorker } from '../../benchmarks/classifier/worker.ts';
import { scratchFolder } from '../support/scratch.ts';
import { describeShared, root, shared } from '../support/shared.ts';

const DATA = 'data/fashion-mnist';

/** A program of the project in a process of its own, and what it printed. */
const start = (file: string, ...args: readonly string[]) => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, file), ...args], { cwd: root, stdio: 'pipe' });
  const said = { out: '', error: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.error += chunk;
  });
  return { child, said, ended: once(child, 'close') };
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describeShared('npm run benchmark:classifier', DATA, function (this: Mocha.Suite) {
  this.timeout(400_000);
  const path = scratchFolder();
  const benchmark = (...args: readonly string[]) =>
    start('benchmarks/classifier/main.ts', '--data', shared(DATA), '--out', path('out'), ...args);
  const small = [
    '--labels',
    '10',
    '--seeds',
    '1',
    '--steps-per-label',
    '0',
    '--steps',
    '6',
    '--bank',
    '1',
    '--validation',
    '1000',
    '--on',
    'validation',
  ];
  const records = (): RunRecord[] =>
    readFileSync(path('out/runs.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  it('goes on after kill -9, leaves no process behind, and reports what both arms gave', async () => {
    const args = [...small, '--jobs', '1', '--arms', 'classical,classical+boomerang'];
    const killed = benchmark(...args);
    const hasRecord = (): boolean => existsSync(path('out/runs.jsonl')) && records().length > 0;
    while (killed.child.exitCode === null && !hasRecord()) await new Promise((done) => setTimeout(done, 20));
    killed.child.kill('SIGKILL');
    await killed.ended; // its output closes when its own processes are gone, too
    expect(isAlive(killed.child.pid as number)).to.equal(false);
    const before = records();
    expect(
      before.map(({ arm }) => arm),
      killed.said.error,
    ).to.deep.equal(['classical']);

    const earlier = { digest: (before[0] as RunRecord).study, parts: [], correction: 'True of this alone.' };
    writeFileSync(path('out/study.json'), JSON.stringify(earlier));
    const resumed = benchmark(...args);
    const [status] = await resumed.ended;
    expect(status, resumed.said.error).to.equal(0);
    expect(resumed.said.error).to.include('1 of 2 runs are done');
    const [first, second] = records();
    expect(first).to.deep.equal(before[0]);
    expect(second?.arm).to.equal('classical+boomerang');
    expect(second?.variants.evaluations).to.equal(10 * 10 * 7); // a bank of one variant, by the default solver
    expect(second?.variants.drawn).to.be.greaterThan(6 * 64 * 0.6);
    expect(second?.seconds.waiting).to.be.within(0, second?.seconds.training ?? 0);
    expect(second?.accuracy).to.be.within(0.01, 0.9).and.to.equal(second?.validation); // six steps may teach nothing

    const study: Study = JSON.parse(readFileSync(path('out/study.json'), 'utf8'));
    expect(study.parts.map(({ arms, seeds }) => [arms, seeds])).to.deep.equal([
      [['classical', 'classical+boomerang'], [0]],
    ]);
    expect(study.parts[0]?.command).to.include('--data DIR').and.not.include(shared(''));
    expect(study.correction).to.equal('True of this alone.'); // as it was there before
    expect(Buffer.from(study.picture, 'base64').subarray(1, 4).toString()).to.equal('PNG');
    const report = readFileSync(path('out/report.html'), 'utf8');
    expect(report).to.include(study.digest).and.include('<svg').and.not.include(shared(''));
    expect(resumed.said.out).to.include(`| classical | ${((first?.accuracy ?? 0) * 100).toFixed(1)}`);
  });

  it('ends in the midst of a training once whoever started it is gone', async () => {
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const execArgv = ['--import', 'tsx'];
    const worker = fork(join(root, 'benchmarks/classifier/worker.ts'), { execArgv, env, stdio: 'ignore' });
    const ended = once(worker, 'exit');
    const tell = (message: ToWorker): boolean => worker.send(message);
    const hear = async (): Promise<FromWorker> => (await once(worker, 'message'))[0];
    const settings = { ...DEFAULTS, steps: 1e6, validation: 1000 };
    const model = join(root, 'models/fashion-28');
    tell({ place: { data: shared(DATA), model, backend: 'auto', out: path('out'), settings } satisfies Place });
    try {
      expect(await hear()).to.deep.equal({ ready: true });
      tell({ run: { arm: 'none', labels: 10, seed: 0 } });
      expect(await hear())
        .to.have.property('share')
        .within(0, 1e-3);
      worker.disconnect();
      await ended;
    } finally {
      worker.kill();
    }
  });

  it('makes variants on the fly, filters and selects them, and starts nothing after its minutes', async () => {
    const arms = Object.keys(ARMS).filter((arm) =>
      /^classical.*boomerang:|^strong.*boomerang:(teacher|late)/.test(arm),
    );
    const fly = benchmark(...small, '--bank', '0', '--arms', arms.join(','), '--jobs', '2');
    const [status] = await fly.ended;
    expect(status, fly.said.error).to.equal(0);
    expect(records().map(({ arm }) => arm)).to.have.members(arms);
    for (const { arm, variants, seconds, taught } of records()) {
      expect(variants.drawn, arm).to.be.greaterThan(0);
      expect(seconds.waiting, arm).to.be.greaterThan(0);
      expect(taught !== undefined, arm).to.equal(arm.endsWith(':teacher'));
    }
    const late = benchmark(...small, '--arms', 'none', '--minutes', '1e-9');
    await late.ended;
    expect(late.said.error).to.include('1 runs are still to be done; the same command goes on');
  });

  it('says in a dry run how long it would take, and writes nothing', async () => {
    const dry = benchmark(...small, '--dry-run', '--jobs', '1');
    const [status] = await dry.ended;
    expect(status, dry.said.error).to.equal(0);
    expect(dry.said.error).to.match(/30 steps and at most 100 variants: about \d+ min/);
    expect(existsSync(path('out'))).to.equal(false);
  });

  it('refuses bad input with one line and status 2', async () => {
    const refused = start('benchmarks/classifier/main.ts', '--arms', 'magic');
    const [status] = await refused.ended;
    expect(status).to.equal(2);
    expect(refused.said.error).to.match(/^unknown arm "magic"; choose some of: .*\n$/);
  });
});

describeShared('npm run example', DATA, function (this: Mocha.Suite) {
  this.timeout(400_000);
  for (const backend of ['auto', 'wasm']) {
    it(`trains with and without Boomerang, and prints both accuracies (backend ${backend})`, async () => {
      const args = ['--data', shared(DATA), '--labels', '5', '--epochs', '2', '--backend', backend];
      const { said, ended } = start('examples/classifier/train.ts', ...args);
      const [status] = await ended;
      expect(status, said.error).to.equal(0);
      const found = [...said.out.matchAll(/^(.+): (\d+\.\d) % of 10000 test images/gm)];
      expect(found.map(([, name]) => name)).to.deep.equal(['classical', 'Boomerang and classical']);
      for (const [, , accuracy] of found) expect(Number(accuracy)).to.be.within(5, 90);
    });
  }

  it('says in one line what to do where there are no images', async () => {
    const { said, ended } = start('examples/classifier/train.ts', '--data', '/nowhere');
    expect(await ended).to.deep.equal([2, null]);
    expect(said.error).to.match(/\/nowhere/);
  });
});
