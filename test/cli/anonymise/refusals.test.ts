import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { zipOf } from '../../node/dataArchives.ts';
import { writeFiles } from '../../node/dataFiles.ts';
import { classFolders } from './dataSets.ts';
import { trial } from './trial.ts';

type Case = {
  readonly code: string;
  readonly words: RegExp;
  /** @defaultValue in */
  readonly data?: string;
  readonly argv?: () => readonly string[];
  /** Writes what else is needed. */
  readonly prepare?: () => unknown;
};

describe('boomerang anonymise refuses', () => {
  const { path, parts, run } = trial();

  beforeEach(async () => writeFiles((name) => path(`in/${name}`), await classFolders()));

  const broken = (...names: readonly string[]): void =>
    writeFiles(path, Object.fromEntries(names.map((name) => [name, Buffer.from('hello')])));

  const CASES: Readonly<Record<string, Case>> = {
    'a judge who chose itself': { code: 'same-judge', words: /flatter/, argv: () => ['--judge', parts.embedder] },
    'an estimate with such a judge': {
      code: 'same-judge',
      words: /flatter/,
      argv: () => ['--judge', parts.embedder, '--dry-run'],
    },
    'a judge who is the same network under another name': {
      code: 'same-judge',
      words: /see the same/,
      argv: () => ['--judge', path('judge/another.json')],
      prepare: () => {
        cpSync(dirname(parts.embedder), path('judge'), { recursive: true });
        renameSync(path('judge/model.json'), path('judge/another.json'));
      },
    },
    'an unknown embedder': { code: 'unknown-embedder', words: /face-api/, argv: () => ['--embedder', 'face-ap'] },
    'an embedder that is not there': {
      code: 'unknown-embedder',
      words: /path/,
      argv: () => ['--judge', path('a.onnx')],
    },
    'an embedder that finds no faces, to change faces': {
      code: 'no-detector',
      words: /detect/,
      argv: () => ['--region', 'faces'],
    },
    'one person alone': {
      code: 'too-few-people',
      words: /at least 2 people/,
      data: 'one',
      argv: () => ['--people', 'folders'],
      prepare: async () => writeFiles((name) => path(`one/anna/${name.replaceAll('/', '-')}`), await classFolders()),
    },
    'too few people for the target': {
      code: 'too-few-people',
      words: /at least 60 .* there are 12;/,
      argv: () => ['--target', '0.05'],
    },
    'too few people for a low target': {
      code: 'too-few-people',
      words: /at least 600 .* there are 12;/,
      argv: () => ['--target', '0.005'],
    },
    'a target that no strength meets': {
      code: 'target-not-met',
      words: /up to 0\.02 .*below 40\.0 %/,
      argv: () => ['--target', '0.4', '--strengths', '0.01,0.02'],
    },
    'images that come too near at any strength': {
      code: 'target-not-met',
      words: /however far each image goes, up to 0\.02/,
      argv: () => ['--per', 'image', '--strengths', '0.01,0.02'],
    },
    'a target that is none': { code: 'bad-target', words: /got 5/, argv: () => ['--target', '5'] },
    'an unknown way with images without a face': {
      code: 'unknown-no-face',
      words: /skip, copy, whole/,
      argv: () => ['--no-face', 'leave'],
    },
    'an unknown word for how far images go': {
      code: 'unknown-per',
      words: /set, image/,
      argv: () => ['--per', 'person'],
    },
    'an unknown way with names': {
      code: 'unknown-names',
      words: /number, hash, keep/,
      argv: () => ['--names', 'none'],
    },
    'an unknown solver': { code: 'unknown-solver', words: /heun/, argv: () => ['--solver', 'huen'] },
    'a prompt for a model without text': { code: 'bad-prompt', words: /takes no/, argv: () => ['--prompt', 'a shoe'] },
    'an unknown region': { code: 'unknown-region', words: /whole, faces/, argv: () => ['--region', 'hands'] },
    'a strength of nothing': { code: 'bad-strength', words: /above 0/, argv: () => ['--strengths', '0,0.5'] },
    'a sample that cannot show the target': { code: 'bad-sample', words: /at least 4/, argv: () => ['--sample', '3'] },
    'folders as people where pictures lie in none': {
      code: 'bad-people',
      words: /loose\.png/,
      argv: () => ['--people', 'folders'],
      prepare: () => broken('in/loose.png'),
    },
    'a list of people that says nothing of some': {
      code: 'bad-people',
      words: /class-0/,
      argv: () => ['--people', path('people.json')],
      prepare: () => writeFileSync(path('people.json'), '{}'),
    },
    'an output in the input': { code: 'output-in-input', words: /lie in/, argv: () => ['--out', path('in/out')] },
    'an input in the output': {
      code: 'output-in-input',
      words: /lie in/,
      data: 'in/class-0',
      argv: () => ['--out', path('in')],
    },
    'an output that is there': { code: 'output-exists', words: /remove it$/, prepare: () => broken('out/a.txt') },
    'an output whose run was ended at its very end': {
      code: 'output-exists',
      words: /out\.part, which is private, of no more use/,
      prepare: () => broken('out/a.txt', 'out.part/secret'),
    },
    'an output without a name': { code: 'bad-output', words: /""/, argv: () => ['--out', ''] },
    'a report in the output': {
      code: 'report-in-output',
      words: /shows originals/,
      argv: () => ['--report', path('out/report')],
    },
    'a report in the folder that copies are collected in': {
      code: 'report-in-output',
      words: /removed/,
      argv: () => ['--report', path('out.part')],
    },
    'a report in the output by way of a link': {
      code: 'report-in-output',
      words: /shows originals/,
      argv: () => ['--report', path('link/report')],
      prepare: () => {
        mkdirSync(path('out'));
        symlinkSync(path('out'), path('link'));
      },
    },
    'a report that cannot be written': {
      code: 'bad-output',
      words: /not a folder/,
      argv: () => ['--report', path('file/report')],
      prepare: () => broken('file'),
    },
    'a key in the output': { code: 'key-in-output', words: /secret/, argv: () => ['--keep-key', path('out/key')] },
    'a key where copies are collected': {
      code: 'key-in-output',
      words: /removed/,
      argv: () => ['--keep-key', path('out.part/key')],
    },
    'an audit in the output': { code: 'key-in-output', words: /secret/, argv: () => ['--audit', path('out/..audit')] },
    'a key that is there': {
      code: 'file-exists',
      words: /not written over/,
      argv: () => ['--keep-key', path('key')],
      prepare: () => broken('key'),
    },
    'an audit whose key is there': {
      code: 'file-exists',
      words: /a\.key/,
      argv: () => ['--audit', path('a')],
      prepare: () => broken('a.key'),
    },
    'a key that cannot be written': {
      code: 'bad-output',
      words: /not a folder/,
      argv: () => ['--keep-key', path('file/key')],
      prepare: () => broken('file'),
    },
    'one file for the key and for that of the audit': {
      code: 'same-file',
      words: /two things/,
      argv: () => ['--audit', path('a'), '--keep-key', path('a.key')],
    },
    'a key that is not there': { code: 'no-such-key', words: /ENOENT/, argv: () => ['--key', path('key')] },
    'a key that is none': {
      code: 'bad-secret',
      words: /64 hexadecimal .* 5 characters/,
      argv: () => ['--key', path('key')],
      prepare: () => broken('key'),
    },
    'a zip': {
      code: 'unsupported-output',
      words: /unpack/,
      data: 'in.zip',
      prepare: async () => writeFileSync(path('in.zip'), zipOf(await classFolders(), 'stored')),
    },
    'a folder without images': {
      code: 'not-a-dataset',
      words: /no images/,
      data: 'none',
      prepare: () => mkdirSync(path('none')),
    },
    'images of which none can be read': {
      code: 'no-images',
      words: /none of PNG/,
      data: 'bad',
      prepare: () => broken(...Array.from({ length: 8 }, (_, n) => `bad/${n}.png`)),
    },
    'an estimate of such images': {
      code: 'no-images',
      words: /none of PNG/,
      data: 'bad',
      argv: () => ['--dry-run'],
      prepare: () => broken(...Array.from({ length: 8 }, (_, n) => `bad/${n}.png`)),
    },
  };

  for (const [title, { code, words, data = 'in', argv = () => [], prepare }] of Object.entries(CASES)) {
    it(`${title}, by one line with ${code}, and leaves nothing behind`, async () => {
      await prepare?.();
      const before = readdirSync(path(), { recursive: true });
      const { status, stdout, stderr } = await run(data, ...argv());
      const [line = '', ...others] = stderr.trimEnd().split('\n').reverse();
      expect(line)
        .to.match(new RegExp(`^error ${code}: `))
        .and.match(words);
      expect(others.filter((other) => /^error|^ +at /.test(other))).to.deep.equal([]);
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
      expect(readdirSync(path(), { recursive: true })).to.deep.equal(before);
    });
  }

  it('to go on where it cannot write, and says what is kept', async () => {
    broken('out.part/pieces/0');
    const { status, stderr } = await run('in', '--key', parts.key);
    expect(stderr).to.match(
      /\nwhat was done until now is in [^\n]*out\.part; the same command goes on\nerror bad-output: [^\n]+\n$/,
    );
    expect(status).to.equal(2);
    rmSync(path('out.part/pieces/0'));
    const again = await run('in', '--key', parts.key);
    expect(again.status, again.stderr).to.equal(0);
    expect(again.stderr).to.include('goes on with the run in');
  });

  it('to copy what it cannot read, names it, counts it, and copies the others', async () => {
    broken('in/class-0/broken.png', 'in/class-1/cut.jpg', 'in/letter.txt');
    const { status, stdout, stderr } = await run('in', '--key', parts.key);
    expect(status, stderr).to.equal(0);
    expect(stderr).to.match(/^ {2}skipped 2 files, class-0\/broken\.png, class-1\/cut\.jpg: it is none of [^\n]+$/m);
    expect(stderr).to.match(/^ {2}skipped letter\.txt: it is no image of a format that is read$/m);
    expect(stdout).to.include('2 images: unreadable: left out').and.include('12 images: copied, and judged');
    expect(readdirSync(path('out'), { recursive: true })).to.have.length(12 + 2 + 1);
    expect(existsSync(path('out.part'))).to.equal(false);
  });
});
