import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { type Ran, runInProcess } from '../../support/cli.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { root } from '../../support/shared.ts';

const MODEL = join(root, 'models/fashion-28');
const IMAGES = join(root, 'examples/images');

/** Few steps: what is tested here is what becomes of files. */
const CASCADE = ['--cascade', '0.2x1,0.1x1'];

describe('boomerang enhance', () => {
  const path = scratchFolder();

  const run = (...argv: readonly string[]): Promise<Ran> =>
    runInProcess(['enhance', '--model', MODEL, '--backend', 'wasm', '--out', path('out'), ...argv]);

  /** Means of blocks of a picture of the project. */
  const smallOf = async (name: string, factor = 4): Promise<string> => {
    const side = 28 / factor;
    const pixels = await sharp(join(IMAGES, `${name}.png`))
      .toColourspace('b-w')
      .raw()
      .toBuffer();
    const means = Uint8Array.from({ length: side * side }, (_, n) => {
      const [top, left] = [Math.floor(n / side) * factor, (n % side) * factor];
      let sum = 0;
      for (let k = 0; k < factor * factor; k += 1) {
        sum += pixels[(top + Math.floor(k / factor)) * 28 + left + (k % factor)] as number;
      }
      return Math.round(sum / factor ** 2);
    });
    const raw = { width: side, height: side, channels: 1 } as const;
    writeFileSync(path(`${name}.png`), await sharp(means, { raw }).toColourspace('b-w').png().toBuffer());
    return path(`${name}.png`);
  };

  it('enlarges pictures, measures them by the true ones, and shows them', async () => {
    const small = [await smallOf('7-sneaker-0'), await smallOf('3-dress-0')];
    const more = ['--original', IMAGES, '--sheet', path('sheet.png'), '--samples', '2', '--uncertainty', '--json'];
    const { status, stdout, stderr } = await run(...small, '--factor', '4', '--degrade', 'mean', ...CASCADE, ...more);
    expect(status, stderr).to.equal(0);
    const told = JSON.parse(stdout);
    expect(told).to.have.length(2);
    for (const figures of told) {
      expect(figures).to.include({ height: 28, width: 28, evaluations: 4 });
      expect(figures.error).to.be.below(1);
      expect(figures.psnr).to.be.within(10, 40);
      expect(figures.ssim).to.be.within(0.1, 1);
    }
    expect(readdirSync(path('out')).sort()).to.deep.equal([
      '3-dress-0-uncertainty.png',
      '3-dress-0.png',
      '7-sneaker-0-uncertainty.png',
      '7-sneaker-0.png',
    ]);
    const [made, sheet] = [
      await sharp(path('out/3-dress-0.png')).metadata(),
      await sharp(path('sheet.png')).metadata(),
    ];
    expect(made).to.include({ width: 28, height: 28, space: 'b-w', depth: 'uchar' });
    expect(sheet.width).to.be.above(300);
  });

  it('makes again what it made small, and the same with the same seed alone', async () => {
    const small = await smallOf('8-bag-0');
    const made = async (...more: readonly string[]): Promise<Buffer> => {
      const { status, stderr } = await run(small, '--factor', '4', '--degrade', 'mean', ...CASCADE, ...more);
      expect(status, stderr).to.equal(0);
      return sharp(path('out/8-bag-0.png')).toColourspace('b-w').raw().toBuffer();
    };
    const one = await made();
    expect((await made()).equals(one)).to.equal(true);
    expect((await made('--seed', 'other')).equals(one)).to.equal(false);
    const seen = await sharp(small).toColourspace('b-w').raw().toBuffer();
    for (let n = 0; n < seen.length; n += 1) {
      let sum = 0;
      for (let k = 0; k < 16; k += 1) {
        sum += one[(Math.floor(n / 7) * 4 + Math.floor(k / 4)) * 28 + (n % 7) * 4 + (k % 4)] as number;
      }
      expect(sum / 16, `block ${n}`).to.be.closeTo(seen[n] as number, 1);
    }
  });

  it('keeps 16 bits, and enlarges what is transparent by itself', async () => {
    const OPACITY = [0, 0, 0, 128, 255, 255, 255]; // its own negative, seen from the other side
    const wide = Uint16Array.from({ length: 49 }, (_, n) => 1000 * n + 7);
    const raw = { width: 7, height: 7, channels: 1 } as const;
    writeFileSync(path('wide.png'), await sharp(wide, { raw }).toColourspace('grey16').png().toBuffer());
    const clear = Uint8Array.from({ length: 49 * 4 }, (_, n) => (n % 4 === 3 ? (OPACITY[(n >> 2) % 7] as number) : 90));
    writeFileSync(
      path('clear.png'),
      await sharp(clear, { raw: { ...raw, channels: 4 } })
        .png()
        .toBuffer(),
    );
    const { status, stderr } = await run(path('wide.png'), path('clear.png'), '--factor', '4', ...CASCADE);
    expect(status, stderr).to.equal(0);
    expect(await sharp(path('out/wide.png')).metadata()).to.include({ depth: 'ushort', width: 28 });
    const made = sharp(path('out/clear.png'));
    expect(await made.metadata()).to.include({ hasAlpha: true, width: 28 });
    const alpha = await made.extractChannel('alpha').toColourspace('b-w').raw().toBuffer();
    const line = [...alpha.subarray(0, 28)];
    expect([line[0], line.at(-1)]).to.deep.equal([0, 255]);
    expect(line.some((value) => value > 0 && value < 255)).to.equal(true);
    for (const [n, value] of line.entries())
      expect(value, `pixel ${n}`).to.be.closeTo(255 - (line[27 - n] as number), 2);
  });

  it('fills what a mask hides, and leaves the other pixels as they are', async () => {
    const mask = Uint8Array.from({ length: 784 }, (_, n) => (n % 28 > 9 && n % 28 < 16 ? 0 : 255));
    const raw = { width: 28, height: 28, channels: 1 } as const;
    writeFileSync(path('mask.png'), await sharp(mask, { raw }).toColourspace('b-w').png().toBuffer());
    const seen = join(IMAGES, '9-ankle-boot-0.png');
    const { status, stderr } = await run(seen, '--mask', path('mask.png'), ...CASCADE);
    expect(status, stderr).to.equal(0);
    const [before, after] = await Promise.all(
      [seen, path('out/9-ankle-boot-0.png')].map((file) => sharp(file).toColourspace('b-w').raw().toBuffer()),
    );
    const off = [...mask].map((value, n) => (value === 0 ? 0 : Math.abs((before?.[n] ?? 0) - (after?.[n] ?? 999))));
    expect(Math.max(...off)).to.be.at.most(1);
  });

  it('says beforehand what it would take, and writes nothing', async () => {
    const small = await smallOf('3-dress-0');
    const { status, stdout } = await run(small, '--factor', '4', '--dry-run');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^estimate: .* for 15 evaluations\n$/);
    expect(existsSync(path('out'))).to.equal(false);
  });

  const REFUSED: Readonly<Record<string, readonly [argv: () => Promise<readonly string[]>, code: string]>> = {
    'no factor': [async () => [await smallOf('3-dress-0')], 'bad-factor'],
    'a factor of 1.3': [async () => [await smallOf('3-dress-0'), '--factor', '1.3'], 'bad-factor'],
    'an image that is not there': [async () => [path('absent.png'), '--factor', '4'], 'no-such-image'],
    'a word for how it was made small': [
      async () => [await smallOf('3-dress-0'), '--factor', '4', '--degrade', 'blur'],
      'unknown-degrade',
    ],
    'a mask of another size': [
      async () => [join(IMAGES, '3-dress-0.png'), '--mask', await smallOf('3-dress-0')],
      'wrong-mask-size',
    ],
    'a mask and a factor': [
      async () => [await smallOf('3-dress-0'), '--mask', await smallOf('3-dress-0'), '--factor', '2'],
      'bad-mask',
    ],
    'a throw without steps': [
      async () => [await smallOf('3-dress-0'), '--factor', '4', '--cascade', '0.3'],
      'bad-cascade',
    ],
    'steps beside a cascade': [async () => [await smallOf('3-dress-0'), '--factor', '4', '--steps', '5'], 'bad-steps'],
    'what one sample differs by': [
      async () => [await smallOf('3-dress-0'), '--factor', '4', '--uncertainty'],
      'bad-samples',
    ],
    'two pictures of one name': [
      async () => [await smallOf('3-dress-0'), join(IMAGES, '3-dress-0.png'), '--factor', '4'],
      'same-name',
    ],
    'an original of another size': [
      async () => [await smallOf('3-dress-0'), '--factor', '2', '--original', IMAGES, ...CASCADE],
      'wrong-image-size',
    ],
  };
  for (const [title, [argv, code]] of Object.entries(REFUSED)) {
    it(`refuses ${title}, in one line`, async () => {
      const { status, stdout, stderr } = await run(...(await argv()));
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
      expect(stderr.trimEnd().split('\n').at(-1)).to.match(new RegExp(`^error ${code}: `));
      expect(existsSync(path('out'))).to.equal(false);
    });
  }

  it('refuses a picture that would not fit into memory, in one line, before any is made', async () => {
    const small = [await smallOf('3-dress-0'), await smallOf('8-bag-0', 1)]; // 7 x 7 and 28 x 28
    for (const [factor, words] of [
      ['20000', /3-dress-0.png would become 140000 x 140000, which takes about \d+\.\d GB of memory/],
      ['330', /8-bag-0.png would become 9240 x 9240.*smaller factor/],
    ] as const) {
      const { status, stdout, stderr } = await run(...small, '--factor', factor);
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
      const last = stderr.trimEnd().split('\n').at(-1);
      expect(last).to.match(/^error too-little-memory: /);
      expect(last).to.match(words);
      expect(existsSync(path('out'))).to.equal(false);
    }
  });

  it('writes over nothing that it reads', async () => {
    const small = await smallOf('3-dress-0');
    const before = readFileSync(small);
    const { stderr } = await run(small, '--factor', '4', '--out', path());
    expect(stderr).to.match(/error output-is-input/);
    expect(readFileSync(small).equals(before)).to.equal(true);
  });
});
