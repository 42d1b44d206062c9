import { expect } from 'chai';
import { runInProcess } from '../support/cli.ts';
import { hubSuite, MODEL, WEIGHTS } from '../support/hubModel.ts';

describe('a model from the hub, on the command line', () => {
  const { path, asked } = hubSuite();

  it('is described as the same folder is', async () => {
    const facts = async (model: string) => {
      const { status, stdout, stderr } = await runInProcess(['info', model, '--json', '--backend', 'wasm']);
      expect(status, stderr).to.equal(0);
      return JSON.parse(stdout);
    };
    expect(await facts('owner/name')).to.deep.equal({ ...(await facts(MODEL)), model: 'owner/name' });
  });

  it('shows a bar for each file on a terminal, and lines in a log', async () => {
    const info = ['info', 'owner/name', '--backend', 'wasm'];
    const { stderr } = await runInProcess(info, { isTTY: true });
    expect(stderr).to.include(WEIGHTS).and.include('%');
    process.env['HF_HOME'] = path('another cache');
    expect((await runInProcess(info)).stderr).to.include(`${WEIGHTS}: begins\n${WEIGHTS}: done in `);
    expect(asked().filter((file) => file === WEIGHTS)).to.have.length(2);
  });

  it('gets one line and status 2 when it cannot be had', async () => {
    const argv = ['sample', 'x.png', '--model', 'owner/absent', '--backend', 'wasm', '--out', 'x.png'];
    const { status, stdout, stderr } = await runInProcess(argv);
    expect(stderr).to.match(/^error no-such-model: [^\n]*404[^\n]*\n$/);
    expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
  });
});
