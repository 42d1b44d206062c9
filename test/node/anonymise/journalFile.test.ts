import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { ArgumentError, EnvironmentError } from '../../../src/errors.ts';
import { openJournal } from '../../../src/node/anonymise/journalFile.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';

const SETTINGS = { target: 0.05, strengths: [0.2, 0.4] };

describe('the journal of a run', () => {
  const path = scratchFolder();
  const open = (settings = SETTINGS) => openJournal(path('work/journal'), settings);
  const never = async (): Promise<never> => {
    throw new Error('this was done before');
  };

  it('gives again what was done, floats and all, to the bit, and does what was not', async () => {
    const result = { vectors: Float32Array.of(0.1, -0, 1e-40), rows: [1 / 3, null], name: 'ä\n' };
    const first = await open();
    expect(first.found).to.equal(0);
    expect(await first.journal('look 0', async () => result)).to.equal(result);
    const second = await open();
    expect(second.found).to.equal(1);
    expect(await second.journal('look 0', never)).to.deep.equal(result);
    expect(await second.journal('look 1', async () => 1)).to.equal(1);
    expect(await (await open()).journal('look 1', never)).to.equal(1);
  });

  it('keeps no result of work that failed', async () => {
    await rejection((await open()).journal('look 0', never));
    expect((await open()).found).to.equal(0);
  });

  it('is for its owner alone', async () => {
    await open();
    expect([statSync(path('work')).mode & 0o777, statSync(path('work/journal')).mode & 0o777]).to.deep.equal([
      0o700, 0o600,
    ]);
  });

  it('does again what was cut anywhere in its line', async () => {
    await (await open()).journal('look 0', async () => 'seen');
    const before = readFileSync(path('work/journal'));
    await (await open()).journal('look 1', async () => ({ ä: Float32Array.of(1, 2) }));
    const whole = readFileSync(path('work/journal'));
    for (let end = before.length; end < whole.length; end += 1) {
      writeFileSync(path('work/journal'), whole.subarray(0, end));
      const { found, journal } = await open();
      expect(found, `cut at ${end}`).to.equal(1);
      await journal('look 1', async () => ({ ä: Float32Array.of(1, 2) }));
      expect(readFileSync(path('work/journal')).equals(whole)).to.equal(true);
    }
  });

  it('begins anew where its first line was cut', async () => {
    await open();
    writeFileSync(path('work/journal'), readFileSync(path('work/journal')).subarray(0, 10));
    expect((await open({ target: 0.1, strengths: [] })).found).to.equal(0);
  });

  it('goes on with the same settings only, and names what differs', async () => {
    await open();
    const error = await rejection(open({ ...SETTINGS, strengths: [0.2] }));
    expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'other-settings');
    expect(error.message).to.match(/strengths was \[0\.2,0\.4\] and is \[0\.2\]/);
    const more = await rejection(open({ ...SETTINGS, mark: true } as typeof SETTINGS));
    expect(more.message).to.match(/mark was nothing and is true/);
  });

  it('is refused where it is none', async () => {
    await open();
    appendFileSync(path('work/journal'), 'nothing of the kind\n');
    const error = await rejection(open());
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'bad-journal');
    expect(error.message).to.include('is no journal of a run').and.not.include('\n');
  });
});
