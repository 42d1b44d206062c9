import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { firstChoice, readPort, type StudioOptions } from '../../../src/cli/studio/options.ts';
import { USUAL } from '../../../src/studio/choice.ts';
import { PAGE_FOLDER } from '../../../src/studio/server/page.ts';
import { runInProcess, startCli } from '../../support/cli.ts';
import { describeWhere } from '../../support/describeWhere.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { root } from '../../support/shared.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';

const MODEL = join(root, 'models/fashion-28');
const options = (given: Partial<StudioOptions>): StudioOptions => given as StudioOptions;

describe('boomerang studio', () => {
  const path = scratchFolder();
  const refusal = async (data: string, ...argv: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runInProcess(['studio', data, '--backend', 'wasm', ...argv]);
    expect([status, stdout]).to.deep.equal([2, '']);
    const lines = stderr.split('\n').filter((line) => line.startsWith('error'));
    expect(lines, stderr).to.have.length(1);
    return lines[0] as string;
  };

  it('refuses what it cannot show, in one line', async () => {
    const data = writeIdx(path('data'), stripes(40));
    writeFileSync(path('session.json'), '{"version": 2}');
    writeFileSync(path('text'), 'no JSON');
    writeFileSync(path('others.json'), JSON.stringify({ ...USUAL, images: [3, 40] }));
    const model = ['--model', MODEL];
    for (const [argv, words] of [
      [[data], /^error bad-usage: .*--model/],
      [[path('none'), ...model], /^error no-such-dataset: /],
      [[join(root, 'examples/images'), ...model], /^error no-labels: .*folder of its own/],
      [[data, '--model', path('none')], /^error no-such-model: /],
      [[data, ...model, '--port', '80'], /^error bad-port: .*1024.*80/],
      [[data, ...model, '--port', '70000'], /^error bad-port: .*65535.*70000/],
      [[data, ...model, '--port', 'x'], /^error bad-port: /],
      [[data, ...model, '--open', path('none')], /^error no-such-session: .*ENOENT/],
      [[data, ...model, '--open', path('text')], /^error bad-session: /],
      [[data, ...model, '--open', path('session.json')], /^error bad-session: .*version/],
      [[data, ...model, '--open', path('others.json')], /^error no-such-image: .*0 to 39, got 40/],
      [[data, ...model, '--classifier', path('none.json')], /^error /],
      [[data, ...model, '--solver', 'nope'], /^error unknown-solver: /],
      [[data, ...model, '--prompt', 'a shoe'], /^error bad-prompt: /],
      [[data, ...model, '--fit', 'nope'], /^error unknown-fit: /],
    ] as const) {
      const [place, ...others] = argv as readonly [string, ...string[]];
      expect(await refusal(place, ...others)).to.match(words);
    }
  }).timeout(120_000);

  it('begins with what the command says, over what a session says', () => {
    expect(firstChoice(options({}), undefined)).to.equal(undefined);
    const opened = { ...USUAL, strength: 0.7, seed: 's', way: { steps: 3, solver: 'heun' } };
    expect(firstChoice(options({}), opened)).to.deep.equal(opened);
    const said = firstChoice(options({ steps: '5', seed: 'b', conditional: true }), opened);
    expect(said).to.deep.equal({ ...opened, seed: 'b', way: { steps: 5, solver: 'heun', conditional: true } });
    expect(firstChoice(options({ eta: '1' }), undefined)).to.deep.equal({ ...USUAL, way: { eta: 1 } });
  });

  it('takes any port where none is named', () => {
    expect([readPort(options({})), readPort(options({ port: '8080' }))]).to.deep.equal([undefined, 8080]);
  });

  describeWhere(
    existsSync(join(PAGE_FOLDER, 'index.html')) || 'needs the built page: npm run build',
    'once it is built',
    () => {
      const argv = (data: string): string[] => ['studio', data, '--model', MODEL, '--backend', 'wasm'];

      it('prints its address, answers there, and ends in order with Ctrl-C while a page looks', async () => {
        const cli = startCli(argv(writeIdx(path('data'), stripes(40))));
        await cli.hears('open this address');
        const link = cli.said().stdout.trim();
        expect(link).to.match(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
        const opened = await fetch(link, { redirect: 'manual' });
        const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] as string;
        const choice = encodeURIComponent(
          JSON.stringify({ ...USUAL, images: [1, 2, 3], variants: 12, way: { steps: 200 } }),
        );
        const stream = await fetch(new URL(`/api/variants?choice=${choice}`, link), { headers: { cookie } });
        await stream.body?.getReader().read();
        cli.child.kill('SIGINT');
        expect(await cli.status).to.equal(0);
        expect(cli.said().stderr).to.not.match(/\n {4}at /);
      });

      it('refuses a port that is in use', async () => {
        const data = writeIdx(path('data'), stripes(40));
        const other = createServer().listen(0, '127.0.0.1');
        await new Promise((done) => other.once('listening', done));
        const { port } = other.address() as { port: number };
        try {
          const line = await refusal(data, '--model', MODEL, '--port', String(port));
          expect(line).to.match(/^error port-in-use: port \d+ is in use; name another/);
        } finally {
          other.close();
        }
      });
    },
  );
});
