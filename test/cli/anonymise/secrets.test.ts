import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { writeFiles } from '../../node/dataFiles.ts';
import { COUNT, classFolders } from './dataSets.ts';
import { bytesBelow, SECRET, trial } from './trial.ts';

const modeOf = (place: string): number => statSync(place).mode & 0o777;

describe('boomerang anonymise, and its secret:', () => {
  const { path, parts, run } = trial();

  beforeEach(async () => writeFiles((name) => path(`in/${name}`), await classFolders()));

  const made = async (out: string, ...more: readonly string[]) => {
    const ran = await run('in', '--names', 'keep', '--out', path(out), ...more);
    expect(ran.status, ran.stderr).to.equal(0);
    return { ...ran, files: bytesBelow(path(out)) };
  };

  it('two runs differ in every copy, and one with the key of another is the same', async () => {
    const first = await made('first', '--keep-key', path('keys/first'));
    expect(modeOf(path('keys/first'))).to.equal(0o600);
    const secret = readFileSync(path('keys/first'), 'utf8');
    expect(secret).to.match(/^[0-9a-f]{64}\n$/);
    const [second, again] = [await made('second'), await made('again', '--key', path('keys/first'))];
    for (const [name, bytes] of first.files) {
      expect(again.files.get(name)?.equals(bytes), `${name} of the same key`).to.equal(true);
      if (name.endsWith('.png')) expect(second.files.get(name)?.equals(bytes), `${name} of another`).to.equal(false);
    }
    expect(readdirSync(path()).filter((name) => name.endsWith('.part'))).to.deep.equal([]);
  });

  it('nobody reads it in what is said, reported or handed on', async () => {
    const { stdout, stderr } = await made('out', '--key', parts.key);
    const all = [stdout, stderr, ...[...bytesBelow(path('out')).values(), ...bytesBelow(path('out-report')).values()]];
    for (const text of all) expect(text.includes(SECRET)).to.equal(false);
    expect(all).to.have.length(2 + COUNT + 1 + 2);
  });

  it('an audit tells what became of each image to whoever has its key, and to nobody else', async () => {
    writeFileSync(path('in/class-0/broken.png'), 'hello');
    await made('out', '--audit', path('audits/a.jsonl'));
    const [file, keyFile] = [path('audits/a.jsonl'), path('audits/a.jsonl.key')];
    expect([modeOf(file), modeOf(keyFile)]).to.deep.equal([0o600, 0o600]);
    const text = readFileSync(file, 'utf8');
    expect(text).to.not.include('broken');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const key = readFileSync(keyFile, 'utf8').trim();
    const keyed = (...words: string[]) => createHmac('sha256', key).update(JSON.stringify(words)).digest('hex');
    const known = (name: string) => lines.find((line) => line.name === keyed('name', name));
    expect(known('class-0/broken.png')).to.include({ fate: 'unreadable' }).and.not.have.any.keys('copy', 'pixels');
    for (let n = 0; n < COUNT; n += 1) {
      const name = `class-${n % 2}/holiday-${n}.png`;
      expect(known(name)).to.include({ fate: 'written', strength: 0.4, tries: 1, copy: name });
    }
    expect(lines).to.have.length(COUNT + 1);
  });

  it('goes on where a run ended just after the key was kept, and refuses a file of another key', async () => {
    writeFiles(path, { 'out.part/secret': Buffer.from(`${SECRET}\n`), key: Buffer.from(`${SECRET}\n`) });
    await made('out', '--keep-key', path('key'));
    writeFiles(path, { 'other.part/secret': Buffer.from(`${'e'.repeat(64)}\n`) });
    const { status, stderr } = await run('in', '--out', path('other'), '--keep-key', path('key'));
    expect(stderr).to.match(/^error file-exists: [^\n]*key[^\n]*\n$/);
    expect(status).to.equal(2);
    expect(existsSync(path('out.part'))).to.equal(false);
  });
});
