import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { MODEL, treeOf, writeFolders, writeNaive } from '../../node/runs/running.ts';
import { runInProcess } from '../../support/cli.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { root } from '../../support/shared.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';

describe('boomerang run refuses', () => {
  const path = scratchFolder();
  const argv = (...more: string[]) => [
    ...['run', path('data'), '--out', path('out'), '--model', MODEL, '--strength', '0.2', '--steps', '1'],
    ...['--backend', 'wasm', ...more],
  ];
  const refused = async (given: string[], code: string, words: RegExp, status = 2): Promise<void> => {
    const ran = await runInProcess(given);
    const lines = ran.stderr.trimEnd().split('\n');
    expect(
      lines.filter((line) => line.startsWith('error ')),
      ran.stderr,
    ).to.have.length(1);
    expect(lines.at(-1))
      .to.match(words)
      .and.satisfy((line: string) => line.startsWith(`error ${code}: `));
    expect({ status: ran.status, stdout: ran.stdout }).to.deep.equal({ status, stdout: '' });
  };

  beforeEach(() => void writeIdx(path('data'), stripes(3)));

  const options: readonly [title: string, more: string[], code: string, words: RegExp][] = [
    ['a part that is not there', ['--shard', '5/4'], 'bad-shard', /5\/4/],
    ['a strength above 1', ['--strength', '1.5'], 'bad-strength', /1\.5/],
    ['a range the wrong way round', ['--strength', '0.4..0.1'], 'bad-strength', /0\.4\.\.0\.1/],
    ['no variants', ['--variants', '0'], 'bad-variants', /0/],
    ['an unknown format', ['--format', 'parquet'], 'unknown-format', /parquet.*webdataset/],
    ['an unknown fit', ['--fit', 'pad'], 'unknown-fit', /exact, resize, detail/],
    ['a share of failures above 100 %', ['--max-failed', '101%'], 'bad-max-failed', /101%/],
    ['half a failure', ['--max-failed', '0.5'], 'bad-max-failed', /0\.5/],
    ['a distance without bounds', ['--distance', '0.1'], 'bad-distance', /MIN\.\.MAX/],
    ['bounds the wrong way round', ['--distance', '0.3..0.1'], 'bad-distance', /0\.3 and 0\.1/],
    ['a question without a classifier', ['--top-k', '2'], 'bad-keep', /--classifier/],
    ['a price below 0', ['--price-per-hour', '-1'], 'bad-price-per-hour', /-1/],
    ['soft labels in IDX', ['--format', 'idx', '--soft-labels', '1'], 'bad-format', /no soft labels.*webdataset/],
    ['data that is not there', ['--part', 'test'], 'no-such-part', /test/],
    ['a classifier that is not there', ['--classifier', '/nowhere/model.json'], 'no-such-model', /\/nowhere/],
    ['a destination in no store that is known', ['--out', 'ftp://host/place'], 'bad-destination', /ftp/],
  ];
  for (const [title, more, code, words] of options) {
    it(title, async () => {
      await refused(argv(...more), code, words);
      expect(existsSync(path('out'))).to.equal(false);
    });
  }

  it('a destination that cannot be written', async () => {
    writeFileSync(path('out'), 'a file');
    await refused(argv(), 'bad-output', /not a folder|a file/);
  });

  it('a destination that holds something else', async () => {
    mkdirSync(path('out'));
    writeFileSync(path('out/thesis.tex'), 'years of work');
    await refused(argv(), 'output-exists', /thesis\.tex/);
    await refused(argv('--dry-run'), 'output-exists', /thesis\.tex/);
    expect(Object.keys(treeOf(path('out')))).to.deep.equal(['thesis.tex']);
  });

  it('to go on with another run, and names what differs first, and its value there and here', async () => {
    expect((await runInProcess(argv('--shard', '0/3'))).status).to.equal(0);
    const tree = treeOf(path('out'));
    const others: readonly [more: string[], words: RegExp][] = [
      [['--strength', '0.3'], /strength is 0\.2 there, and 0\.3 here/],
      [['--strength', '0.1..0.3'], /strength is 0\.2 there, and \{"from":0\.1,"to":0\.3\} here/],
      [['--variants', '2'], /variants is 1 there, and 2 here/],
      [['--pair'], /mode is not given there, and "pair" here/],
      [['--shard-images', '2'], /shardImages is 256 there, and 2 here/],
      [['--include-originals'], /originals is false there, and true here/],
      [['--format', 'idx'], /format is "webdataset" there, and "idx" here/],
      [['--seed', '1'], /seed is "0" there, and "1" here/],
      [
        ['--classifier', await writeNaive(path('classifier'), 2)],
        /keep\.classifier is not given there, and "[0-9a-f]+" here/,
      ],
    ];
    for (const [more, words] of others) await refused(argv(...more), 'other-run', words);
    await refused(argv('--dry-run', '--seed', '1'), 'other-run', /seed/);
    writeIdx(path('data'), stripes(4));
    await refused(argv(), 'other-run', /data\.digest is "[0-9a-f]+" there/);
    expect(treeOf(path('out'))).to.deep.equal(tree);
    for (const text of ['{}', 'null', '{"version":1}', 'half a pl']) {
      writeFileSync(path('out/run.json'), text);
      await refused(argv(), 'other-run', /no plan of a run/);
    }
  });

  it('images of another size than the model knows, unless they are fitted', async () => {
    const data = await writeFolders(path('sized'), 2);
    const wide = join(root, 'models/fashion-28/samples.png');
    copyFileSync(wide, join(data, 'Ankle boot/1.png'));
    const at = argv().map((word) => (word === path('data') ? data : word));
    await refused(at, 'bad-image-shape', /28 x 28.*Ankle boot\/1\.png.*resize, or detail/);
    await refused([...at, '--fit', 'resize', '--format', 'idx'], 'bad-format', /images of one size/);
    const { status, stderr, stdout } = await runInProcess([...at, '--fit', 'detail']);
    expect(status, stderr).to.equal(0);
    expect(stdout).to.include('holds 2 samples');
  });

  it('what needs classes where there are none', async () => {
    const data = await writeFolders(path('flat'), 2);
    const at = argv().map((word) => (word === path('data') ? join(data, 'Bag') : word));
    for (const more of [['--conditional'], ['--soft-labels', '1'], ['--classifier', path('c/model.json')]]) {
      await refused([...at, ...more], 'no-labels', /have no classes, which .* would need; leave that out/);
    }
  });

  it('soft labels and classes that the model numbers in another way', async () => {
    const data = await writeFolders(path('named'), 4);
    const at = argv('--conditional', '--soft-labels', '1').map((word) => (word === path('data') ? data : word));
    await refused(at, 'bad-soft-labels', /numbers them in another way; leave out --conditional or --soft-labels/);
  });
});
