import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { openDestination } from '../../../../src/node/runs/destinations/openDestination.ts';
import { loadS3Packages } from '../../../../src/node/runs/destinations/s3Packages.ts';
import { BUCKET } from '../../../support/s3Server.ts';
import { rejection, scratchFolder } from '../../../support/scratch.ts';
import { namesOf, s3Store } from './s3Store.ts';

const PLACE = `s3://${BUCKET}/run`;

describe('what goes wrong with a store of objects is said in one line', () => {
  const server = s3Store('kept');
  const path = scratchFolder();

  const refusal = async (place = PLACE): Promise<string> => {
    const error = await rejection(openDestination(place));
    expect(error).to.have.property('code', 'bad-destination');
    expect(error.message).to.match(/^[^\n]+; [^\n]+$/);
    expect(error.message).to.not.match(/S3RVER|a-secret/);
    expect(error.cause).to.equal(undefined);
    return error.message;
  };

  it('where there is no such bucket', async () => {
    expect(await refusal('s3://another-bucket/run')).to.match(/there is no bucket another-bucket; make it/);
  });

  it('where the keys are wrong, without them', async () => {
    server().trouble(/^PUT/, { status: 403, code: 'SignatureDoesNotMatch' }); // S3rver does not look at these signatures
    expect(await refusal()).to.match(/the store denies it \(SignatureDoesNotMatch\); check AWS_ACCESS_KEY_ID/);
    process.env['AWS_ACCESS_KEY_ID'] = 'a-secret-too';
    expect(await refusal()).to.match(/the store denies it \(InvalidAccessKeyId\)/);
  });

  it('where there are no keys', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    expect(await refusal()).to.match(/there are no credentials; set AWS_ACCESS_KEY_ID/);
  });

  it('where the region is not known', async () => {
    delete process.env['AWS_REGION'];
    expect(await refusal()).to.match(/the region is not known; set AWS_REGION/);
  });

  it('where the bucket is in another region', async () => {
    server().trouble(/^PUT/, { status: 301, code: 'PermanentRedirect' });
    expect(await refusal()).to.match(/in another region; set AWS_REGION/);
  });

  it('where nobody listens', async function () {
    this.timeout(20_000);
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    process.env['AWS_ENDPOINT_URL_S3'] = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    listener.close();
    await once(listener, 'close');
    expect(await refusal()).to.match(/the store cannot be reached \(ECONNREFUSED\); check AWS_ENDPOINT_URL_S3/);
  });

  it('where the store cannot do it, later too', async () => {
    const destination = await openDestination(PLACE);
    server().trouble(/^GET .*list-type/, { status: 403, code: 'AccessDenied' });
    const error = await rejection(namesOf(destination));
    expect(error).to.have.property('code', 'bad-destination');
    server().trouble(/^PUT .*a\?/, { status: 400, code: 'EntityTooLarge' });
    expect((await rejection(destination.put('a', new Uint8Array()))).message).to.match(/400 \(EntityTooLarge\)/);
  });

  it('where the place names no bucket, or has in it what does not belong there', async () => {
    for (const place of [
      's3://',
      's3:///run',
      's3://no_/run',
      's3://ab',
      's3://key:a-secret@bucket/run',
      `${PLACE}?k=a-secret`,
    ]) {
      await refusal(place);
    }
    for (const place of [`s3://${BUCKET}/../run`, `s3://${BUCKET}//run`]) {
      expect(await rejection(openDestination(place))).to.have.property('code', 'bad-name');
    }
  });

  it('where a package is not installed, with the command that mends it', () => {
    expect(() => loadS3Packages([createRequire(path('none.js'))]))
      .to.throw(
        /s3:\/\/ takes @aws-sdk\/client-s3, which is not installed; run: npm install.* @aws-sdk\/client-s3 @aws-sdk\/lib-storage$/,
      )
      .with.property('code', 'missing-package');
  });
});
