import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { BENCHES } from '../../benchmarks/benches.ts';
import { readSetting } from '../../benchmarks/setting.ts';
import { ArgumentError } from '../../src/errors.ts';
import { root } from '../support/shared.ts';

const bench = async (...args: readonly string[]): Promise<string> => {
  const command = ['--import', 'tsx', 'benchmarks/bench.ts', ...args];
  return (await promisify(execFile)(process.execPath, command, { cwd: root })).stdout;
};

describe('npm run bench', () => {
  it('says with --dry-run what it would do and about how long, and does nothing', async () => {
    const lines = (await bench('--dry-run', '--quick')).trimEnd().split('\n');
    const names = [...Object.keys(BENCHES), 'all'];
    expect(lines).to.have.length(names.length);
    for (const [n, name] of names.entries()) expect(lines[n]).to.match(new RegExp(`^${name} +about +\\d+\\.\\d min`));
  });

  it('estimates less for quick runs than for whole ones', () => {
    for (const { seconds } of Object.values(BENCHES)) {
      expect(seconds({ quick: true }))
        .to.be.above(0)
        .and.below(seconds({ quick: false }));
    }
  });

  it('refuses a benchmark that does not exist, and names those that do', async () => {
    const refusal = await bench('netwrok').catch((error: { stderr: string }) => error.stderr);
    expect(refusal).to.match(/unknown benchmark "netwrok"; choose one of: network, augment/);
  });

  it('reads how much to measure from what was typed, and refuses what is no number or no engine', () => {
    const setting = readSetting({ size: '256,512', threads: '1', engine: 'tfjs' });
    expect(setting).to.deep.include({ quick: false, sizes: [256, 512], threads: 1, engine: 'tfjs' });
    const refusals = [
      [{ size: '256,big' }, 'bad-size', /256,big/],
      [{ threads: '0' }, 'bad-threads', /got 0/],
      [{ engine: 'torch' }, 'unknown-engine', /"torch"; choose one of: onnx, tfjs/],
    ] as const;
    for (const [options, code, rule] of refusals) {
      expect(() => readSetting(options), code)
        .to.throw(ArgumentError, rule)
        .with.property('code', code);
    }
  });
});
