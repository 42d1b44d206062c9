import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { openDestination } from '../../../../src/node/runs/destinations/openDestination.ts';
import { BUCKET } from '../../../support/s3Server.ts';
import { PAGE } from '../../../support/s3Taught.ts';
import { saidWhile } from '../../../support/said.ts';
import { rejection, scratchFolder } from '../../../support/scratch.ts';
import { destinationContract } from './destinationContract.ts';
import { namesOf, s3Store } from './s3Store.ts';
import { startWriter } from './startWriter.ts';

const PLACE = `s3://${BUCKET}/a run/1`;
const BYTES = new Uint8Array([1, 2, 3]);
/** Asks until something is so; the test's own time bounds it. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((done) => setTimeout(done, 10));
};
const DAY_AGO = new Date(Date.now() - 25 * 3600 * 1000);

describe('a destination in a store of objects', () => {
  describe('keeps what every destination does: it', () => {
    const server = s3Store('kept');
    destinationContract({ place: () => PLACE, env: () => server().env, isExclusive: true, page: PAGE });
  });

  const server = s3Store('kept');
  const path = scratchFolder();

  it('has the store decide who is first, and looks at nothing before', async () => {
    const destination = await openDestination(`${PLACE}/`);
    expect(destination.place).to.equal(PLACE);
    server().asked.length = 0;
    await destination.putNew('shards/a', BYTES);
    expect(server().asked).to.deep.equal([`PUT /${BUCKET}/a%20run/1/shards/a?x-id=PutObject if none`]);
  });

  it('has buckets in paths where the store has an address of its own, also one that a profile says', async () => {
    const address = (server().env['AWS_ENDPOINT_URL_S3'] ?? '').replace('127.0.0.1', 'localhost');
    process.env['AWS_ENDPOINT_URL_S3'] = address;
    await openDestination(PLACE);
    for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) {
      delete process.env[name];
    }
    process.env['AWS_CONFIG_FILE'] = path('config');
    process.env['AWS_PROFILE'] = 'own';
    const keys = 'aws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\nregion = us-east-1';
    writeFileSync(path('config'), `[profile own]\nendpoint_url = ${address}\n${keys}\n`);
    await openDestination(PLACE);
    expect(server().asked).to.have.lengthOf(6);
    for (const line of server().asked) expect(line).to.match(/^(PUT|DELETE) \/a-bucket\/a%20run\/1\//);
  });

  it('shows nothing of what it tried out, nor what stands for folders', async () => {
    const destination = await openDestination(PLACE);
    expect(await namesOf(await openDestination(`s3://${BUCKET}`))).to.deep.equal([]);
    writeObject('a run/1/');
    writeObject('a run/1/data/');
    writeObject('a run/1/.00000000-0000-0000-0000-000000000000.part');
    await destination.put('data/a', BYTES);
    expect(await namesOf(destination)).to.deep.equal(['data/a']);
  });

  it('knows its own object where the answer was lost and the store is asked again', async () => {
    const destination = await openDestination(PLACE);
    server().trouble(/^PUT .*shards/, 'lost');
    expect(await destination.putNew('shards/a', BYTES)).to.equal(true);
    server().trouble(/^PUT .*shards/, { status: 503, code: 'SlowDown' });
    expect(await destination.putNew('shards/a', new Uint8Array(1)), "somebody else's").to.equal(false);
  });

  it('asks again where somebody else puts the same at the moment, or the store is too busy', async () => {
    const destination = await openDestination(PLACE);
    for (const trouble of [
      { status: 409, code: 'ConditionalRequestConflict' },
      { status: 503, code: 'SlowDown' },
      { status: 500, code: 'InternalError' },
    ]) {
      server().trouble(/^PUT .*shards/, trouble);
      expect(await destination.putNew(`shards/${trouble.code}`, BYTES), trouble.code).to.equal(true);
    }
  });

  it('reads again what did not all arrive', async () => {
    const destination = await openDestination(PLACE);
    await destination.put('a', BYTES);
    server().trouble(/^GET .*a\?/, 'half');
    expect(Buffer.from((await destination.read('a')) ?? [])).to.deep.equal(Buffer.from(BYTES));
  });

  it('ends uploads that were broken off a day ago, and removes what was tried out then', async () => {
    const destination = await openDestination(PLACE);
    for (let n = 0; n < 2; n += 1) {
      const stuck = startWriter('stream', PLACE, { env: server().env });
      await stuck.said('open');
      stuck.go();
      await stuck.said('some parts came');
      await until(() => uploadsOf().length > n);
      await stuck.kill();
    }
    const uploads = uploadsOf();
    const old = ['a run/1/.00000000-0000-0000-0000-000000000000.part', 'a run/1/.hidden'].map(writeObject);
    for (const path of [...old, join(server().uploads, uploads[0] as string, 'key')])
      utimesSync(path, DAY_AGO, DAY_AGO);
    writeObject('a run/1/.00000000-0000-0000-0000-000000000001.part');
    await destination.sweep();
    expect(uploadsOf()).to.deep.equal(uploads.slice(1));
    const left = readdirSync(dirname(server().fileOf('a run/1/a'))).filter((name) => /^\.[h0].*object$/.test(name));
    expect(left.map((name) => name.replace(/\._S3rver_object$/, ''))).to.deep.equal([
      '.00000000-0000-0000-0000-000000000001.part',
      '.hidden',
    ]);
  });

  it('says that uploads stay where the store does not list them', async () => {
    const destination = await openDestination(PLACE);
    server().trouble(/^GET .*[?&]uploads/, { status: 501, code: 'NotImplemented' });
    expect(await saidWhile(() => destination.sweep())).to.match(/broken off/);
  });

  it('is read without anything being tried out, and may be empty', async () => {
    expect(await namesOf(await openDestination(PLACE, { isReadOnly: true }))).to.deep.equal([]);
    expect(await rejection(openDestination('s3://another/run', { isReadOnly: true }))).to.have.property(
      'code',
      'bad-destination',
    );
    writeObject('a run/1/a');
    server().asked.length = 0;
    const destination = await openDestination(PLACE, { isReadOnly: true });
    expect(Buffer.from((await destination.read('a')) ?? []).toString()).to.equal('text');
    expect(server().asked.filter((line) => !line.startsWith('GET'))).to.deep.equal([]);
  });

  const uploadsOf = (): string[] => (existsSync(server().uploads) ? readdirSync(server().uploads).sort() : []);

  const writeObject = (key: string): string => {
    const file = server().fileOf(key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'text');
    return file;
  };
});

for (const [conditional, title] of [
  ['refused', 'refuses conditions'],
  ['ignored', 'does not see conditions'],
] as const) {
  describe(`a destination in a store that ${title}`, () => {
    const server = s3Store(conditional);

    it('says so once, looks before it puts, and puts over what was there only where it is asked to', async () => {
      const said = await saidWhile(async () => {
        const destination = await openDestination(PLACE);
        expect((await openDestination(PLACE)).isExclusive).to.equal(false);
        expect(destination.isExclusive).to.equal(false);
        server().asked.length = 0;
        expect(await destination.putNew('a', BYTES)).to.equal(true);
        expect(server().asked.map((line) => line.split(' ')[0])).to.deep.equal(['HEAD', 'PUT']);
        expect(await destination.putNew('a', new Uint8Array())).to.equal(false);
        expect((await destination.read('a'))?.length).to.equal(3);
        await destination.put('a', new Uint8Array());
        expect((await destination.read('a'))?.length).to.equal(0);
        expect(await namesOf(destination)).to.deep.equal(['a']);
      });
      expect(said).to.have.lengthOf(1);
      expect(said[0]).to.match(/has no conditional writes/);
    });
  });
}
