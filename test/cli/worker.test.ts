import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { openRedis } from '../../src/fleet/openRedis.ts';
import { QUEUE_VARIABLE, readQueueAddress } from '../../src/fleet/queueAddress.ts';
import { runInProcess } from '../support/cli.ts';
import { commandsOnTheirOwn, runArgs, workerArgs } from '../support/fleetCli.ts';
import { until } from '../support/fleetHands.ts';
import { filesBelow, recordsIn, writeGreys } from '../support/fleetScene.ts';
import { describeRedis, type RedisServer, startRedis } from '../support/redisServer.ts';
import { scratchFolder } from '../support/scratch.ts';

const SECRET = 'never-to-be-seen';

describeRedis('boomerang worker', () => {
  const path = scratchFolder();
  const start = commandsOnTheirOwn();
  let redis: RedisServer;
  beforeEach(async () => {
    const [key, certificate] = [path('key.pem'), path('certificate.pem')];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '1'];
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...made, ...name], { stdio: 'ignore' });
    redis = await startRedis({ password: SECRET, tls: { certificate, key } });
  });
  afterEach(() => redis.close());
  const trusting = () => ({ env: { NODE_EXTRA_CA_CERTS: path('certificate.pem') }, queue: redis.url });

  /** Everything that Redis holds, as it would be read by whoever can. */
  const heldByRedis = (): string => {
    const ask = `const { openRedis } = await import('./src/fleet/openRedis.ts');
      const redis = await openRedis({ url: process.env.BOOMERANG_QUEUE, shown: '' });
      for (const key of await redis.keys('*')) {
        const type = await redis.type(key);
        const read = { hash: () => redis.hgetall(key), string: () => redis.get(key), list: () => redis.lrange(key, 0, -1),
          set: () => redis.smembers(key), zset: () => redis.zrange(key, 0, -1), stream: () => redis.xrange(key, '-', '+') };
        console.log(key, JSON.stringify(await read[type]()));
      }
      redis.disconnect();`;
    const { env, queue } = trusting();
    return execFileSync(process.execPath, ['--import', 'tsx', '--input-type', 'module', '-e', ask], {
      env: { ...process.env, ...env, BOOMERANG_QUEUE: queue },
      encoding: 'utf8',
    });
  };

  it('makes the bytes of a single machine, over TLS with a password that nobody sees, and ends when told to', async () => {
    const data = writeGreys(path('data'), 10);
    const worker = start(workerArgs(), trusting());
    const run = start(runArgs(data, path('out'), '--queue'), trusting());
    expect(await run.status, run.said.stderr).to.equal(0);
    const held = heldByRedis();
    expect(held).to.include('boomerang:');
    worker.signal('SIGTERM');
    expect(await worker.status, worker.said.stderr).to.equal(143);
    expect(worker.said.stderr).to.match(/ending after the shards under way/);
    expect(JSON.stringify([held, worker.said, run.said])).to.not.include(SECRET);
    expect((await runInProcess(runArgs(data, path('alone')))).status).to.equal(0);
    expect(await filesBelow(path('out'))).to.deep.equal(await filesBelow(path('alone')));
  }).timeout(180_000);
});

describeRedis('boomerang worker, and what kills what it starts', () => {
  const path = scratchFolder();
  const start = commandsOnTheirOwn();
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.close());

  const childrenOf = (pid: number | undefined): number[] => {
    try {
      return execFileSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map(Number);
    } catch {
      return []; // none
    }
  };

  it('goes on when the child that makes a shard is killed, and leaves none behind when it is killed itself', async () => {
    const data = writeGreys(path('data'), 40);
    const worker = start(workerArgs(), { queue: redis.url });
    const run = start(runArgs(data, path('out'), '--queue'), { queue: redis.url });
    await until('a child', () => childrenOf(worker.child.pid).length > 0);
    await until('a shard', async () => (await recordsIn(path('out'))).length > 0);
    const [child] = childrenOf(worker.child.pid);
    expect(readFileSync(`/proc/${child}/environ`, 'latin1')).to.not.include(QUEUE_VARIABLE); // which may hold a password
    process.kill(child as number, 'SIGKILL');
    await worker.hears('failed, and is tried again: Unexpected exit code: null signal: SIGKILL');
    await until('another child', () => childrenOf(worker.child.pid).some((one) => one !== child));
    const [other] = childrenOf(worker.child.pid);
    worker.child.kill('SIGKILL');
    await worker.status;
    await until('no child', () =>
      execFileSync('ps', ['-e', '-o', 'pid='], { encoding: 'utf8' })
        .split('\n')
        .every((one) => Number(one) !== other),
    );
    const status = await runInProcess(['run', 'status', '--queue', redis.url]);
    expect(status.stdout).to.match(
      /active, priority 100: .*data to .*out, with .*fashion-28\n {2}\d+ of 10 shards are done/,
    );
    start(workerArgs('--in-process'), { queue: redis.url });
    expect(await run.status, run.said.stderr).to.equal(0);
  }).timeout(180_000);

  it('says in one line what it cannot do, without a word of a password', async () => {
    const refused = async (argv: readonly string[], code: string): Promise<string> => {
      const { status, stderr } = await runInProcess(argv);
      expect(status, stderr).to.equal(2);
      expect(stderr)
        .to.match(new RegExp(`^error ${code}: .*\n$`))
        .and.not.include(SECRET);
      return stderr;
    };
    const nowhere = `redis://:${SECRET}@127.0.0.1:1`;
    for (const argv of [workerArgs(), runArgs(path('data'), path('out')), ['run', 'status']]) {
      expect(await refused([...argv, '--queue', nowhere], 'no-queue')).to.include('127.0.0.1:1');
      expect(await refused([...argv, '--queue', `http://:${SECRET}@here`], 'bad-queue')).to.include('redis://host');
    }
    await refused(workerArgs(), 'no-queue');
    await refused(workerArgs('--queue', redis.url, '--in-process', '--concurrency', '2'), 'bad-concurrency');
    await refused(workerArgs('--queue', redis.url, '--concurrency', '0'), 'bad-concurrency');
    await refused(workerArgs('--queue', redis.url, '--lock', '1'), 'bad-lock');
    await refused(workerArgs('--queue', redis.url, '--metrics-port', '65536'), 'bad-metrics-port');
    await refused(runArgs('data', path('out'), '--queue', redis.url, '--shard', '0/2'), 'not-used');
    await refused(runArgs('data', path('out'), '--priority', '2'), 'not-used');
    await refused(runArgs('data', path('out'), '--queue', redis.url, '--priority', '1001'), 'bad-priority');
    await refused(['run', 'pause', '--queue', redis.url], 'no-such-run');
    const client = await openRedis(readQueueAddress(redis.url));
    expect(await client.keys('*')).to.deep.equal([]);
    client.disconnect();
  });
});
