import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { ArgumentError, EnvironmentError } from '../../src/errors.ts';
import { openRedis } from '../../src/fleet/openRedis.ts';
import { QUEUE_VARIABLE, readQueueAddress } from '../../src/fleet/queueAddress.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redisServer.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

const SECRET = 'never-to-be-seen';

describe('readQueueAddress', () => {
  it('takes what the option says, and else what the environment says', () => {
    const environment = { [QUEUE_VARIABLE]: 'redis://there:1' };
    expect(readQueueAddress('rediss://here', environment).shown).to.equal('here:6379');
    expect(readQueueAddress(undefined, environment).shown).to.equal('there:1');
    expect(() => readQueueAddress(undefined, {}))
      .to.throw(ArgumentError, /BOOMERANG_QUEUE/)
      .with.property('code', 'no-queue');
  });

  it('shows no password, neither of an address nor of what is none', () => {
    expect(readQueueAddress(`redis://user:${SECRET}@here:1`).shown).to.equal('here:1');
    for (const text of [`http://:${SECRET}@here`, `redis//:${SECRET}@here`, `redis://:${SECRET}@`]) {
      expect(() => readQueueAddress(text))
        .to.throw(ArgumentError, /redis:\/\/host:6379/)
        .with.property('code', 'bad-queue');
      expect(() => readQueueAddress(text))
        .to.throw()
        .with.property('message')
        .that.does.not.include(SECRET);
    }
  });
});

describeRedis('openRedis', () => {
  const path = scratchFolder();
  let server: RedisServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const refused = async (url: string): Promise<string> => {
    const error = await rejection(openRedis(readQueueAddress(url)));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'no-queue');
    expect(error.message).to.not.match(new RegExp(SECRET)).and.not.include('\n');
    return error.message;
  };

  it('says in a line that nothing listens, and where', async () => {
    server = await startRedis();
    await server.stop();
    expect(await refused(server.url.replace('//', `//:${SECRET}@`))).to.match(
      new RegExp(`127.0.0.1:${server.port}: nothing listens there`),
    );
  });

  it('wants a password where there is one', async () => {
    server = await startRedis({ password: SECRET });
    expect(await refused(server.url.replace(`:${SECRET}@`, ''))).to.match(/asks for a password/);
    expect(await refused(server.url.replace(SECRET, `${SECRET}-not`))).to.match(/does not know this user and password/);
    const redis = await openRedis(readQueueAddress(server.url));
    expect(await redis.ping()).to.equal('PONG');
    redis.disconnect();
  });

  it('speaks TLS, and refuses a certificate that nobody vouches for', async () => {
    const [key, certificate] = [path('key.pem'), path('certificate.pem')];
    const made = [
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
    ];
    const name = ['-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...made, ...name], { stdio: 'ignore' });
    server = await startRedis({ password: SECRET, tls: { certificate, key } });
    expect(await refused(server.url)).to.match(/self-signed certificate.*NODE_EXTRA_CA_CERTS/);
    expect(await refused(server.url.replace('rediss', 'redis'))).to.match(/correct the address/);
    const ask = `const { openRedis } = await import('./src/fleet/openRedis.ts');
      const redis = await openRedis({ url: process.env.BOOMERANG_QUEUE, shown: 'here' });
      console.log(await redis.ping()); redis.disconnect();`;
    const said = execFileSync(process.execPath, ['--import', 'tsx', '--input-type', 'module', '-e', ask], {
      env: { ...process.env, [QUEUE_VARIABLE]: server.url, NODE_EXTRA_CA_CERTS: certificate },
      encoding: 'utf8',
    });
    expect(said).to.equal('PONG\n');
  });
});
