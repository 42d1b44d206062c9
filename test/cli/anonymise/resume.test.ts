import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { writeFiles } from '../../node/dataFiles.ts';
import { type RunningCli, runInProcess, startCli } from '../../support/cli.ts';
import { classFolders, greyPng } from './dataSets.ts';
import { bytesBelow, trial } from './trial.ts';

/** Images in two batches. */
const COUNT = 40;

describe('boomerang anonymise, where a run was ended,', () => {
  const { path, parts, argv } = trial();

  beforeEach(async () => writeFiles((name) => path(`in/${name}`), await classFolders(COUNT)));

  const asked = (out: string, ...more: readonly string[]): string[] => {
    const size = ['--strengths', '0.2,0.4,0.6', '--sample', '24', '--key', parts.key];
    const own = argv('in', ...size, '--out', path(out), ...more);
    return own.filter((word) => word !== '--no-attacks');
  };
  const results = (out: string): Record<string, string> =>
    Object.fromEntries(
      [out, `${out}-report`].flatMap((folder) =>
        [...bytesBelow(path(folder))].map(([name, bytes]) => [name, bytes.toString('base64')]),
      ),
    );

  /** Once a run has kept a result, by the start of its name. */
  const keeps = async (out: string, name: string, { child, said }: RunningCli): Promise<void> => {
    const journal = path(`${out}.part/journal.jsonl`);
    while (!(existsSync(journal) && readFileSync(journal, 'utf8').includes(`\n["${name}`))) {
      if (child.exitCode !== null) throw new Error(`it ended before it kept "${name}": ${said().stderr}`);
      await wait(2);
    }
  };

  const completes = async (out: string): Promise<string> => {
    const { status, stdout, stderr } = await runInProcess(asked(out));
    expect(status, stderr).to.equal(0);
    expect(existsSync(path(`${out}.part`))).to.equal(false);
    return stdout;
  };

  it('goes on after it was killed in every phase and in the middle of a line, and writes what one does that was left alone', async function () {
    this.timeout(120_000); // five processes
    for (const phase of ['look 0', 'strength', 'copies 0'] as const) {
      const running = startCli(asked('out'));
      await keeps('out', phase, running);
      running.child.kill('SIGKILL');
      expect(await running.status, running.said().stderr).to.equal(null);
    }
    const last = startCli(asked('out'));
    await last.hears('trying attacks: begins');
    last.child.kill('SIGKILL');
    expect(await last.status).to.equal(null);
    expect(last.said().stderr).to.include('goes on with the run in');
    expect(existsSync(path('out'))).to.equal(false);
    expect(existsSync(path('out-report'))).to.equal(false);

    appendFileSync(path('out.part/journal.jsonl'), '["attacks",{"attacks":{"own":0.25');
    const said = await completes('out');
    expect(await completes('whole')).to.equal(said);
    expect(results('out')).to.deep.equal(results('whole'));
    expect(Object.keys(results('out'))).to.have.length(COUNT + 1 + 2);
  });

  it('says what is kept, for its owner alone, and goes on with the same settings only', async function () {
    this.timeout(60_000);
    const running = startCli(asked('out'));
    await keeps('out', 'copies 0', running);
    running.child.kill('SIGINT');
    expect(await running.status, running.said().stderr).to.equal(130);
    expect(running.said().stderr).to.match(
      /\nstopped; what was done until now is in [^\n]*out\.part; the same command goes on\n$/,
    );
    expect(running.said().stdout).to.equal('');
    const modes = ['', '/secret', '/journal.jsonl'].map((name) => statSync(path(`out.part${name}`)).mode & 0o777);
    expect(modes).to.deep.equal([0o700, 0o600, 0o600]);

    const people = Object.keys(await classFolders(COUNT)).map((name, n) => [name, n]);
    writeFileSync(path('people.json'), JSON.stringify(Object.fromEntries(people)));
    const OTHERS: Readonly<Record<string, readonly string[]>> = {
      target: ['--target', '0.8'],
      strengths: ['--strengths', '0.2,0.4'],
      per: ['--per', 'image'],
      sample: ['--sample', '25'],
      way: ['--steps', '3'],
      names: ['--names', 'keep'],
      mark: ['--no-mark'],
      noFace: ['--no-face', 'copy'],
      people: ['--people', path('people.json')],
      key: ['--key', parts.otherKey],
      judge: ['--embedder', parts.judge, '--judge', parts.embedder],
    };
    for (const [name, options] of Object.entries(OTHERS)) {
      const { status, stderr } = await runInProcess(asked('out', ...options));
      expect(stderr).to.match(/\nerror other-settings: [^\n]*out\.part holds a run of other settings: [^\n]*\n$/);
      if (name !== 'judge') expect(stderr, name).to.include(`settings: ${name} was `);
      expect(status).to.equal(2);
    }
    writeFileSync(path('in/class-0/new.png'), await greyPng(COUNT));
    expect((await runInProcess(asked('out'))).stderr).to.match(/error other-settings: [^\n]* data was /);
  });
});
