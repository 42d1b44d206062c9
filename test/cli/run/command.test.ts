import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import type { RunReport } from '../../../src/cli/run/report.ts';
import { writeClassifier } from '../../../src/node/classifierFile.ts';
import { writePng } from '../../../src/node/images.ts';
import { MODEL, treeOf, writeFolders } from '../../node/runs/running.ts';
import { runInProcess } from '../../support/cli.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';

describe('boomerang run', () => {
  const path = scratchFolder();
  const run = (...more: string[]) =>
    runInProcess([
      ...['run', path('data'), '--out', path('out'), '--model', MODEL, '--strength', '0.2', '--steps', '1'],
      ...['--backend', 'wasm', '--shard-images', '4', ...more],
    ]);
  const report = async (...more: string[]): Promise<RunReport> => {
    const { status, stdout, stderr } = await run('--json', ...more);
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout);
  };
  /** One line, with its code. */
  const refusal = async (status: number, ...more: string[]): Promise<string> => {
    const ran = await run(...more);
    expect(ran.stdout).to.equal('');
    expect(ran.status, ran.stderr).to.equal(status);
    const lines = ran.stderr.trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('error '))).to.deep.equal(lines.slice(-1));
    return lines.at(-1) as string;
  };

  it('makes variants, says what it made, and finds all of it there when it comes again', async () => {
    writeIdx(path('data'), stripes(6));
    const first = await report('--variants', '2', '--include-originals');
    expect(first).to.deep.include({ place: path('out'), made: 6, there: 0, shards: 6, missing: 0 });
    expect(first.index).to.deep.include({ samples: 18, unchanged: 0, failed: [] });
    const tree = treeOf(path('out'));
    const { status, stdout, stderr } = await run('--variants', '2', '--include-originals');
    expect(status, stderr).to.equal(0);
    expect(stdout).to.match(
      /^made 0 shards in \d s, 6 were there\n\S+ holds 18 samples in 6 shards; index\.json says where\n$/,
    );
    expect(treeOf(path('out'))).to.deep.equal(tree);
  });

  it('makes a part, says which and what is missing, and the last part finishes the run', async () => {
    writeIdx(path('data'), stripes(9));
    const { status, stdout, stderr } = await run('--shard', '1/2');
    expect(status, stderr).to.equal(0);
    expect(stderr).to.include('part 1/2 (counted from 0): 2 of 3 shards, 00000004-v0 to 00000008-v0\n');
    expect(stdout).to.match(/1 of 3 shards of \S+ are missing yet; whoever makes the last one finishes the run\n$/);
    expect(existsSync(path('out/index.json'))).to.equal(false);
    expect(await report('--shard', '0/2')).to.deep.include({ made: 1, missing: 0 });
    expect(existsSync(path('out/index.json'))).to.equal(true);
    expect(existsSync(path('out/progress.json'))).to.equal(false);
    expect((await run('--shard', '7/9')).stderr).to.include('part 7/9 (counted from 0): no shard');
  });

  it('says what it would take, and writes nothing', async () => {
    writeIdx(path('data'), stripes(9));
    const cost = async (...more: string[]) => JSON.parse((await run('--dry-run', '--json', ...more)).stdout);
    const whole = await cost('--variants', '2', '--include-originals', '--price-per-hour', '3600');
    expect(whole).to.include({ evaluations: 18, missing: 9, shards: 9 });
    expect(whole.price).to.be.closeTo(whole.seconds, 1e-6);
    expect(existsSync(path('out'))).to.equal(false);

    await run('--variants', '2', '--include-originals', '--shard', '0/3');
    const tree = treeOf(path('out'));
    const rest = await cost('--variants', '2', '--include-originals');
    expect(rest).to.include({ missing: 6, shards: 9, evaluations: 10 });
    expect(treeOf(path('out'))).to.deep.equal(tree);
    const { stdout } = await run('--dry-run', '--variants', '2', '--include-originals', '--price-per-hour', '0.5');
    expect(stdout).to.match(/^estimate: .* kB of disk, for 6 of 9 shards that are to be made\nprice: \d+\.\d\d\n$/);
    await run('--variants', '2', '--include-originals');
    const bytes = [...Object.keys(treeOf(path('out')))].filter((name) => /^(data|shards)/.test(name));
    const taken = bytes.reduce((sum, name) => sum + readFileSync(path(`out/${name}`)).length, 0);
    expect(whole.diskBytes / taken).to.be.within(0.7, 1.3);
  });

  describe('with images that fail', () => {
    it('lists those that cannot be read, and goes on with the others', async () => {
      await writeFolders(path('data'), 6);
      writeFileSync(path('data/Bag/2.png'), 'no picture');
      const { index } = await report('--max-failed', '20%');
      expect(index?.samples).to.equal(5);
      expect(index?.failed.map(({ place, name }) => ({ place, name }))).to.deep.equal([
        { place: 4, name: 'Bag/2.png' },
      ]);
      expect((await run('--max-failed', '1')).stdout).to.match(/\n {2}skipped Bag\/2\.png: [^\n]*\n$/);
    });

    it('ends with status 3 where too many do, also when it comes again', async () => {
      await writeFolders(path('data'), 6);
      for (const name of ['Bag/2.png', 'Ankle boot/3.png']) writeFileSync(path(`data/${name}`), 'no picture');
      const words =
        /^error too-many-failed: \d images failed, and at most \d may; the first is Ankle boot\/3\.png: .*; mend/;
      const shards = () => readdirSync(path('out/shards'));
      expect(await refusal(3)).to.match(words);
      expect(shards()).to.deep.equal(['00000000-v0.json']); // it ends where the first one fails
      expect(await refusal(3)).to.match(words);
      expect(shards()).to.deep.equal(['00000000-v0.json']); // and what failed before counts
      expect(await refusal(3, '--max-failed', '17%')).to.match(words);
      expect(existsSync(path('out/index.json'))).to.equal(false);
      expect((await report('--max-failed', '2')).index?.samples).to.equal(4);
    });

    it('ends with status 3 where too many do in all parts together', async () => {
      await writeFolders(path('data'), 6);
      for (const name of ['Bag/2.png', 'Ankle boot/3.png']) writeFileSync(path(`data/${name}`), 'no picture');
      expect((await run('--shard', '0/2', '--max-failed', '1')).status).to.equal(0);
      expect(await refusal(3, '--shard', '1/2', '--max-failed', '1')).to.match(/2 images failed, and at most 1 may/);
      expect(existsSync(path('out/index.json'))).to.equal(false);
    });

    it('lists those for which a network gives no number, and makes the same of the others', async () => {
      const dark = new Float32Array(784).fill(0.01);
      for (const [n, image] of [dark, dark.map((x) => 4 * x), dark.map(() => 1), dark.map((x) => 2 * x)].entries()) {
        mkdirSync(dirname(path(`data/${n % 2}/${n}.png`)), { recursive: true });
        await writePng(path(`data/${n % 2}/${n}.png`), image, [28, 28, 1]);
      }
      const keep = ['--classifier', await writeOverflowing(path('classifier')), '--min-probability', '0'];
      const { index } = await report(...keep, '--max-failed', '1', '--format', 'idx');
      expect(index?.failed).to.have.length(1);
      expect(index?.failed[0]).to.deep.include({ place: 1, name: '0/2.png' });
      expect(index?.failed[0]?.why).to.match(/not finite/);
      const made = readFileSync(path('out/images-idx3-ubyte'));
      expect([...made.subarray(4, 8)]).to.deep.equal([0, 0, 0, 3]);
      expect(made).to.have.length(16 + 3 * 784);
    });
  });
});

/** A classifier whose sums are too large for float32 where an image is bright. */
const writeOverflowing = async (folder: string): Promise<string> => {
  const classifier = sequential();
  classifier.add(layers.flatten({ inputShape: [28, 28, 1] }));
  classifier.add(layers.dense({ units: 2, activation: 'softmax' }));
  const weights = [tf.fill([784, 2], 1e36), tf.zeros([2])];
  classifier.setWeights(weights);
  mkdirSync(folder, { recursive: true });
  const path = await writeClassifier(classifier, folder);
  classifier.dispose();
  tf.dispose(weights);
  return path;
};
