import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import sharp from 'sharp';
import { greyPng } from './dataSets.ts';
import { trial, writeEmbedder } from './trial.ts';

describe('boomerang anonymise, with classes and regions', () => {
  const { path, run, parts } = trial();

  /** Pictures of two classes in folders that are called so. */
  const classes = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) mkdirSync(path(`in/${name}`), { recursive: true });
    for (let n = 0; n < 12; n += 1) writeFileSync(path(`in/${names[n % 2]}/${n}.png`), await greyPng(n));
  };

  it('returns images to their own class where that is asked for, by name or by number', async () => {
    await classes('0', '1');
    const made: Record<string, Buffer> = {};
    for (const [title, more] of [
      ['by number', ['--conditional']],
      ['not told', []],
    ] as const) {
      const { status, stderr } = await run('in', '--key', parts.key, '--out', path(title), '--names', 'keep', ...more);
      expect(status, stderr).to.equal(0);
      made[title] = readFileSync(path(`${title}/1/1.png`));
    }
    expect(made['by number']?.equals(made['not told'] as Buffer)).to.equal(false);
  });

  it('refuses classes that the model does not know, data without classes, and models without', async () => {
    await classes('cat', 'dog');
    const { status, stderr } = await run('in', '--conditional');
    expect({ status }).to.deep.equal({ status: 2 });
    expect(stderr).to.match(/error bad-label: the model has no class "cat"; it knows: T-shirt/);
    mkdirSync(path('flat'));
    for (let n = 0; n < 5; n += 1) writeFileSync(path(`flat/${n}.png`), await greyPng(n));
    for (const option of ['--conditional', '--classifier=x/model.json']) {
      const flat = await run('flat', option);
      expect(flat.stderr, option).to.match(/error no-labels: the images of [^\n]+ have no classes; leave --/);
    }
  });

  it('changes a box and leaves the other pixels as they are, in every file', async () => {
    await classes('0', '1');
    const isIn = (row: number, column: number): boolean => row > 7 && row < 12 && column > 7 && column < 12;
    const embedder = await writeEmbedder(path('embedder'), 'a box', isIn);
    const more = [
      '--key',
      parts.key,
      '--region',
      '8,8,4,4',
      '--embedder',
      embedder,
      '--names',
      'keep',
      '--out',
      path('boxed'),
    ];
    const { status, stderr } = await run('in', ...more);
    expect(status, stderr).to.equal(0);
    for (const name of ['0/0.png', '1/11.png']) {
      const [before, after] = await Promise.all([path(`in/${name}`), path(`boxed/${name}`)].map(pixelsOf));
      const differing = before?.flatMap((value, n) => (value === after?.[n] ? [] : [[Math.floor(n / 28), n % 28]]));
      expect(differing).to.not.be.empty;
      expect(differing?.every(([row = 0, column = 0]) => row < 14 && column < 14 && row > 5 && column > 5)).to.equal(
        true,
      );
    }
  });
});

const pixelsOf = async (path: string): Promise<number[]> => [
  ...(await sharp(path).toColourspace('b-w').raw().toBuffer()),
];
