import { expect } from 'chai';
import { openDestination } from '../../../src/node/runs/destinations/openDestination.ts';
import { progressIn, type RunProgress, readProgress, writeProgress } from '../../../src/node/runs/progressFile.ts';
import { scratchFolder } from '../../support/scratch.ts';

const PROGRESS: RunProgress = {
  ...{ done: 3, total: 40, samples: 3000, failed: 1, perSecond: 12.5, secondsLeft: 2960, workers: 4 },
  at: '2026-01-01T00:00:00.000Z',
};

describe('the progress of a run', () => {
  const path = scratchFolder();

  it('is read as it was written last, and nothing where none is', async () => {
    const destination = await openDestination(path('out'));
    expect(await readProgress(destination)).to.equal(undefined);
    await writeProgress(destination, { ...PROGRESS, done: 2 });
    await writeProgress(destination, PROGRESS);
    expect(await readProgress(destination)).to.deep.equal(PROGRESS);
  });

  it('may leave the time out, and say more than is known here', () => {
    const { secondsLeft: _, ...first } = PROGRESS;
    expect(progressIn(JSON.stringify({ ...first, mood: 'good' }))).to.deep.equal(first);
  });

  it('is nothing where it is damaged', () => {
    const damaged = [{ done: -1 }, { total: 1.5 }, { perSecond: 'fast' }, { workers: undefined }, { at: 'today' }];
    for (const change of damaged) {
      expect(progressIn(JSON.stringify({ ...PROGRESS, ...change })), JSON.stringify(change)).to.equal(undefined);
    }
    for (const text of ['', '{', 'null', '[]']) expect(progressIn(text), text).to.equal(undefined);
  });
});
