import { expect } from 'chai';
import { runInProcess } from '../support/cli.ts';
import { commandsOf, faultOf } from './commands.ts';
import { fencesOf, PAGES, read } from './pages.ts';

for (const page of [...PAGES, 'CONTRIBUTING.md']) {
  const commands = fencesOf(page).flatMap(({ language, text }) => (language === 'sh' ? commandsOf(text) : []));
  if (commands.length === 0) continue;

  it(`the commands of ${page} are ones that there are, with options that they have`, async () => {
    for (const command of commands) expect(await faultOf(command), command).to.equal(undefined);
  });
}

describe('commands within sentences', () => {
  for (const page of PAGES) {
    const commands = [...read(page).matchAll(/`(?:npx )?boomerang ([a-z][^`]*)`/g)].map(([, words = '']) => words);
    if (commands.length === 0) continue;

    it(`name commands and options that there are, in ${page}`, async () => {
      for (const words of commands) {
        const fault = await faultOf(`npx boomerang ${words.replace(/ …$/, '')}`);
        expect(fault ?? '', words).to.not.match(/^there is no command|has no option/);
      }
    });
  }
});

describe('options within sentences', () => {
  let helps = '';
  before(async () => {
    const { stdout } = await runInProcess(['--help']);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) .*<|^ {2}([a-z]+) \[options\]/gm)].map(([, a, b]) => a ?? b ?? '');
    for (const name of names) helps += (await runInProcess([name, '--help'])).stdout;
  });

  for (const page of PAGES) {
    it(`are options of some command, in ${page}`, () => {
      const flags = [...read(page).matchAll(/`(--[a-z][a-z-]+)[^`]*`/g)].map(([, flag = '']) => flag);
      for (const flag of flags) {
        if (flag !== '--on') expect(helps, flag).to.match(new RegExp(` ${flag}[ \\n,]`)); // which is the study's
      }
    });
  }
});

describe('the check of commands', () => {
  for (const [command, fault] of [
    ['npx boomerang smaple a.png --model b', /no command smaple/],
    ['npx boomerang sample a.png --modle b', /no option --modle/],
    ['npx boomerang sample a.png --fit-all', /no option --fit-all/],
    ['npx boomerang tune --model b', /given are 0 arguments/],
    ['npx boomerang cache veryfi a', /no command cache veryfi|no command cache/],
    ['npx boomerang run a --model b --out c --strengths 0.3', /run has no option --strengths/],
    ['npx boomerang run status --out c', /run status has no option --out/],
    ['npx boomerang info a b', /given are 2 arguments/],
    ['npm run demos', /no script demos/],
    ['npm run example -- --date DIR', /no option --date/],
    ['npx tsx examples/nothing.ts', /there is no examples\/nothing\.ts/],
    ['npm install left-pad', /does not name left-pad/],
    ['rm -rf /', /no test knows/],
  ] as const) {
    it(`refuses ${command}`, async () => expect(await faultOf(command)).to.match(fault));
  }
});
