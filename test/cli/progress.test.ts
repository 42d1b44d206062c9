import { Writable } from 'node:stream';
import { expect } from 'chai';
import { startProgress } from '../../src/cli/progress.ts';

describe('progress in a log', () => {
  /** What is said while the clock goes from one time in seconds to the next, at each of which a share is told. */
  const sayings = (...told: readonly (readonly [seconds: number, share: number])[]): string[] => {
    let [text, now] = ['', 0];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    });
    const progress = startProgress(stream, 'variants', () => 1000 * now);
    for (const [seconds, share] of told) {
      now = seconds;
      progress.update(share);
    }
    progress.stop();
    return text.trimEnd().split('\n');
  };

  it('has a line at the beginning, every half minute and at the end, with the share done and the time left', () => {
    expect(sayings([10, 0.1], [31, 0.25], [40, 0.3], [62, 0.5], [124, 1])).to.deep.equal([
      'variants: begins',
      'variants: 25 %, about 2 min left',
      'variants: 50 %, about 62 s left',
      'variants: 100 %, about 0 s left',
      'variants: done in 3 min',
    ]);
  });

  it('says where it ended when it did not come to its end', () => {
    expect(sayings([1, 0.339])).to.deep.equal(['variants: begins', 'variants: ends at 33 %']);
  });
});
