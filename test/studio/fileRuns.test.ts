import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { openDestination } from '../../src/node/runs/destinations/openDestination.ts';
import { type RunProgress, writeProgress } from '../../src/node/runs/progressFile.ts';
import { type FileRun, factsOf, stateText } from '../../src/studio/fileRun.ts';
import { scratchFolder } from '../support/scratch.ts';
import { listen } from './listen.ts';
import { numberedClasses, openTestStudio, type StudioTest } from './studioServer.ts';

/** What is looked at of a plan. */
const PLAN = { version: 1, data: { count: 1050 }, variants: 2, originals: true, shardImages: 100, format: 'idx' };

const progress = (more: Partial<RunProgress> = {}): RunProgress => ({
  ...{ done: 3, total: 33, samples: 299, failed: 1, perSecond: 12.34, secondsLeft: 240, workers: 4 },
  at: new Date().toISOString(),
  ...more,
});

const GOING: FileRun = {
  ...{ name: 'jobs/a', state: 'going', of: 3150, total: 33 },
  ...{ done: 3, samples: 299, failed: 1, perSecond: 12.34, workers: 4, secondsLeft: 240 },
};

describe('runs that write files in the studio', function () {
  this.timeout(20_000);
  const path = scratchFolder();
  let studio: StudioTest;
  let leave = new AbortController();
  beforeEach(async () => {
    leave = new AbortController();
    mkdirSync(path('jobs/a/shards'), { recursive: true });
    studio = await openTestStudio(numberedClasses(path('images')), { runs: [path('jobs'), path('not-there')] });
  });
  afterEach(async () => {
    leave.abort();
    await studio.close();
  });

  it('are told as they go on: still, under way, quiet, and finished', async () => {
    const seen = async (): Promise<FileRun[]> => {
      const ending = new AbortController();
      const next = listen(await studio.get('/api/file-runs/events', ending.signal));
      const [event = ''] = await next('runs');
      ending.abort();
      return JSON.parse(event.replace(/^runs /, ''));
    };
    const destination = await openDestination(path('jobs/a'));
    expect(await seen(), 'nothing that is a run').to.deep.equal([]);
    writeFileSync(path('jobs/a/run.json'), JSON.stringify(PLAN));
    writeFileSync(path('jobs/a/shards/00000000-v0.json'), '');
    const still = { name: 'jobs/a', state: 'still', of: 3150, total: 33, done: 1 };
    expect(await seen()).to.deep.equal([still]);
    await writeProgress(destination, progress());
    expect(await seen()).to.deep.equal([GOING]);
    await writeProgress(destination, progress({ at: new Date(Date.now() - 61_000).toISOString() }));
    const quiet = { ...still, done: 3, samples: 299, failed: 1 };
    expect(await seen()).to.deep.equal([quiet]);
    writeFileSync(path('jobs/a/index.json'), JSON.stringify({ samples: 3149, failed: [{ place: 7 }] }));
    expect(await seen()).to.deep.equal([{ ...still, state: 'finished', done: 33, samples: 3149, failed: 1 }]);
  });

  it('are told anew when they change, and lie in the folder itself or in one within', async () => {
    writeFileSync(path('jobs/run.json'), JSON.stringify({ ...PLAN, originals: false }));
    mkdirSync(path('jobs/.hidden'));
    writeFileSync(path('jobs/.hidden/run.json'), JSON.stringify(PLAN));
    const next = listen(await studio.get('/api/file-runs/events', leave.signal));
    expect((await next('runs')).join()).to.match(
      /^runs \[\{"name":"jobs","of":2100,"total":22,"state":"still"[^{}]*\}\]$/,
    );
    writeFileSync(path('jobs/a/run.json'), JSON.stringify(PLAN));
    expect((await next('jobs/a')).join()).to.match(/"name":"jobs".*"name":"jobs\/a"/);
    rmSync(path('jobs/a/run.json'));
    expect((await next('event: runs')).join()).to.not.match(/jobs\/a/);
  });

  it('are none where their plan or index is damaged', async () => {
    mkdirSync(path('jobs/b'));
    for (const [n, plan] of [
      '{',
      '[]',
      '{}',
      JSON.stringify({ ...PLAN, shardImages: 0 }),
      JSON.stringify(PLAN),
    ].entries()) {
      mkdirSync(path(`jobs/c${n}`));
      writeFileSync(path(`jobs/c${n}/run.json`), plan);
    }
    writeFileSync(path('jobs/c4/index.json'), '{"samples":-1}');
    const next = listen(await studio.get('/api/file-runs/events', leave.signal));
    const [event = ''] = await next('runs');
    const found = JSON.parse(event.replace(/^runs /, '')) as FileRun[];
    expect(found.map(({ name, state }) => [name, state])).to.deep.equal([['jobs/c4', 'still']]);
  });

  it('have facts for people', () => {
    const text = (run: FileRun): string =>
      factsOf(run)
        .map((fact) => `${fact.name}: ${fact.text}`)
        .join('; ');
    expect(text(GOING)).to.equal(
      'Samples: 299 of 3,150; Images that failed: 1; Workers: 4; Images a second: 12; Time left: 4 min',
    );
    const { samples: _, failed: __, perSecond: ___, workers: ____, secondsLeft: _____, ...still } = GOING;
    expect(text({ ...still, state: 'still' })).to.equal('Made: 3 of 33 shards');
    expect(text({ ...GOING, failed: 0 })).to.match(/Images that failed: none/);
    expect(stateText({ ...GOING, state: 'still' })).to.equal('no sign of work; the same command goes on with it');
    expect(text({ ...GOING, perSecond: 0 })).to.match(/Images a second: not known yet/);
    expect(text({ ...GOING, perSecond: 0.123 })).to.match(/Images a second: 0\.12;/);
  });
});
