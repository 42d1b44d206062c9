import { existsSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { uniformStream } from '../../../src/random.ts';
import { MODEL, treeOf } from '../../node/runs/running.ts';
import { type RunningCli, runInProcess, startCli } from '../../support/cli.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';

const SHARDS = 16;

describe('boomerang run that is ended', function () {
  this.timeout(240_000);
  const path = scratchFolder();
  const argv = (out: string, ...more: string[]) => [
    ...['run', path('data'), '--out', path(out), '--model', MODEL, '--strength', '0.3', '--steps', '1'],
    ...['--variants', '2', '--shard-images', '3', '--backend', 'wasm', ...more],
  ];
  const finished = async (...given: string[]): Promise<void> => {
    const { status, stderr } = await runInProcess(given);
    expect(status, stderr).to.equal(0);
  };
  const shardsIn = (out: string): number =>
    existsSync(path(`${out}/shards`))
      ? readdirSync(path(`${out}/shards`)).filter((name) => /^\d.*json$/.test(name)).length
      : 0;

  /** Once something is so, or the program has ended. */
  const waitFor = async (isSo: () => boolean, { status }: RunningCli): Promise<void> => {
    let isOver = false;
    void status.then(() => {
      isOver = true;
    });
    while (!isSo() && !isOver) await new Promise((done) => setTimeout(done, 2));
  };

  beforeEach(() => void writeIdx(path('data'), stripes(24)));

  it('by kill -9 at any moment is finished by the same command, as if nothing had been, and leaves nothing over', async () => {
    await finished(...argv('whole', '--format', 'idx'));
    const next = uniformStream(['kills', 1]);
    let before = 0;
    for (const most of [4, 6, SHARDS]) {
      const running = startCli(argv('out', '--format', 'idx'));
      const wanted = Math.min(SHARDS, most === SHARDS ? SHARDS : before + 1 + Math.floor(next() * most));
      await waitFor(() => shardsIn('out') >= wanted, running);
      running.child.kill('SIGKILL');
      await running.status;
      expect(shardsIn('out')).to.be.at.least(wanted);
      before = shardsIn('out');
    }
    await finished(...argv('out', '--format', 'idx'));
    expect(treeOf(path('out'))).to.deep.equal(treeOf(path('whole')));
  });

  it('by a signal says what is kept and how to go on', async () => {
    const running = startCli(argv('out'));
    await waitFor(() => shardsIn('out') >= 2, running);
    running.child.kill('SIGINT');
    expect(await running.status, running.said().stderr).to.equal(130);
    const { stdout, stderr } = running.said();
    expect(stdout).to.equal('');
    expect(stderr).to.match(/\nstopped; the shards that are done are in \S+; the same command goes on\n$/);
    const done = shardsIn('out');
    expect(done).to.be.within(2, SHARDS - 1);
    const { stdout: said } = await runInProcess(argv('out', '--json'));
    expect(JSON.parse(said)).to.include({ there: done, made: SHARDS - done, missing: 0 });
  });

  it('is none where another process makes the same at the same time: both are done, and the files are those of one', async () => {
    await finished(...argv('whole'));
    const running = startCli(argv('out'));
    await waitFor(() => existsSync(path('out/run.json')), running);
    const [own] = await Promise.all([runInProcess(argv('out')), running.status]);
    expect(own.status, own.stderr).to.equal(0);
    expect(await running.status, running.said().stderr).to.equal(0);
    expect(treeOf(path('out'))).to.deep.equal(treeOf(path('whole')));
  });
});
