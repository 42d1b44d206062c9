import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openOriginals } from '../../../src/node/copies/originals.ts';
import { SECRET as WORDS } from '../../node/copies/dirty.ts';
import { isRead, readAll } from '../../node/copies/made.ts';
import { writeFiles } from '../../node/dataFiles.ts';
import { runInProcess } from '../../support/cli.ts';
import { COUNT, DATA_SETS, peopleFolders } from './dataSets.ts';
import { bytesBelow, looksLike, SECRET, trial } from './trial.ts';

/** What tells of originals, in files or in names. */
const TELLING = [WORDS, 'holiday', 'anna', 'Camera', 'GPS', 'Exif\0', '2021', SECRET];

/** The images of a data set with what they are said to be. */
const imagesIn = async (place: string) =>
  (await readAll(await openOriginals(place))).filter(isRead).map(({ pixels, className, labels, name }) => ({
    name,
    pixels,
    said: labels?.join() ?? className,
    seen: looksLike(pixels),
  }));

/** The largest difference of two pictures, in [0, 1]. */
const apart = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, n) => Math.max(most, Math.abs(value - (b[n] as number))), 0);

const expectNothingTold = (written: ReadonlyMap<string, Buffer>): void => {
  for (const [name, bytes] of written) {
    for (const word of TELLING) {
      expect(bytes.includes(word) || name.includes(word), `${word} in ${name}`).to.equal(false);
    }
  }
};

const isNumbers = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.values(value).every(isNumbers) : value !== null;

describe('boomerang anonymise, of data sets of any layout,', () => {
  const { path, parts, argv, run } = trial();

  for (const [title, { file = '', copies = '', files, names, notes = [] }] of Object.entries(DATA_SETS)) {
    it(`copies ${title} in their layout, with their classes, and with nothing that tells of originals`, async () => {
      writeFiles((name) => path(`in/${name}`), await files());
      const { status, stderr } = await run(join('in', file), '--key', parts.key);
      expect(status, stderr).to.equal(0);

      for (const note of notes) expect(stderr).to.include(`\n  ${note}\n`);

      const written = bytesBelow(path('out'));
      expectNothingTold(written);
      const others = [...written.keys()].filter((name) => !names.some((one) => one.test(name)));
      expect(others).to.deep.equal(['manifest.json']);
      for (const one of names) expect([...written.keys()].join('\n')).to.match(new RegExp(one.source, 'm'));

      const [before, after] = [await imagesIn(path(join('in', file))), await imagesIn(path(join('out', copies)))];
      expect(after).to.have.length(COUNT);
      for (const { said, seen, name } of after) {
        if (said !== undefined) expect(said.replace('class-', ''), name).to.equal(String(seen));
      }
      expect(after.filter(({ seen }) => seen === 1)).to.have.length(COUNT / 2);
      for (const { pixels } of after) {
        expect(Math.min(...before.map((one) => apart(one.pixels, pixels)))).to.be.above(0.2);
      }
    });
  }

  it('gives all that it writes one date, and says in its manifest how copies were made, and of what nothing', async () => {
    writeFiles((name) => path(`in/${name}`), await peopleFolders());
    const { status, stderr } = await run('in', '--people', 'folders');
    expect(status, stderr).to.equal(0);
    const all = readdirSync(path('out'), { recursive: true, encoding: 'utf8' });
    expect(new Set(['', ...all].map((name) => statSync(path(join('out', name))).mtimeMs))).to.deep.equal(
      new Set([Date.UTC(1980, 0, 1)]),
    );
    const { model, versions, ...manifest } = JSON.parse(readFileSync(path('out/manifest.json'), 'utf8'));
    expect(manifest).to.have.all.keys('version', 'synthetic', 'per', 'region', 'strength', 'copies');
    expect(manifest).to.include({ per: 'set', region: 'whole', strength: 0.4, copies: COUNT });
    expect(model).to.have.all.keys('digest', 'engine');
    expect(versions).to.have.all.keys('tfjs-boomerang', 'node', 'embedder', 'judge');
  });

  it('reports figures alone, for its owner alone, and pictures beside, without words that promise', async () => {
    writeFiles((name) => path(`in/${name}`), await peopleFolders());
    const whole = argv('in', '--people', 'folders').filter((word) => word !== '--no-attacks');
    const { status, stderr } = await runInProcess(whole);
    expect(status, stderr).to.equal(0);
    const json = readFileSync(path('out-report/report.json'), 'utf8');
    expect(isNumbers(JSON.parse(json)), 'no number is missing').to.equal(true);
    expect(JSON.parse(json)).to.include.keys('attacks', 'plain');
    expectNothingTold(new Map([['report.json', Buffer.from(json)]]));
    const html = readFileSync(path('out-report/report.html'), 'utf8');
    expect(html)
      .to.include('data:image/png')
      .and.not.match(/anonymous|compliant|irreversible|<script|src="(?!data:)/i);
    expect(readdirSync(path('out-report')).sort()).to.deep.equal(['report.html', 'report.json']);
    const modes = ['out-report', 'out-report/report.html', 'out-report/report.json'].map(
      (name) => statSync(path(name)).mode & 0o777,
    );
    expect(modes).to.deep.equal([0o700, 0o600, 0o600]);
  });
});
