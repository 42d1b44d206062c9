import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInProcess } from '../support/cli.ts';
import { root } from '../support/shared.ts';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const installable = new Set(
  ['dependencies', 'peerDependencies', 'devDependencies'].flatMap((field) => Object.keys(manifest[field])),
);

/** The commands of a shell block: without comments, and one after the other. */
export const commandsOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split('&&'))
    .map((command) => command.trim())
    .filter(Boolean);

/** What is wrong with a command of a page; absent where nothing is. */
export const faultOf = async (command: string): Promise<string | undefined> => {
  const [, ours] = /^npx (?:boomerang|tsx src\/cli\/main\.ts) (.+)$/.exec(command) ?? [];
  if (ours !== undefined) return faultOfOurs(ours.split(/\s+/));
  const [, script = '', rest = ''] = /^npm run ([\w:-]+)(?: -- (.+))?$/.exec(command) ?? [];
  if (script !== '') return faultOfScript(script, rest);
  const [, program = '', options = ''] = /^npx (?:tsx|vite) (\S+)(.*)$/.exec(command) ?? [];
  if (program !== '') return faultOfProgram(program, options);
  const [, packages] = /^(?:[A-Z_]+=\w+ )?npm install(.*)$/.exec(command) ?? [];
  if (packages !== undefined) return faultOfInstall(packages);
  if (/^(?:[A-Z_]+=\S+ )*(docker|kubectl|redis-server|redis-cli|sbatch) /.test(command)) return undefined; // of others, and not here
  if (/^export [A-Z_]+=\S+$/.test(command)) return undefined;
  return ['npm test', 'node start.mjs'].includes(command) ? undefined : 'no test knows what it does';
};

const flagsOf = (words: readonly string[]): readonly string[] =>
  words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word) ?? []);

/** Held against the help of the real command line: the command, its options, and how many arguments it needs. */
const faultOfOurs = async (argv: readonly string[]): Promise<string | undefined> => {
  const { stdout: own } = await runInProcess([argv[0] ?? '', '--help']);
  const isGroup = own.startsWith(`Usage: boomerang ${argv[0]} [options] [command]`);
  const isWithin = isGroup && (!/^Usage: .*</.test(own) || new RegExp(`^ {2}${argv[1]} `, 'm').test(own));
  const names = argv.slice(0, isWithin ? 2 : 1);
  const { stdout: help } = await runInProcess([...names, '--help']);
  const usage = help.split('\n')[0] ?? '';
  if (!usage.startsWith(`Usage: boomerang ${names.join(' ')}`)) return `there is no command ${names.join(' ')}`;
  const flags = flagsOf(argv);
  const unknown = flags.find((flag) => !new RegExp(`^\\s+(?:-\\w, )?${flag}\\b(?!-)`, 'm').test(help));
  if (unknown !== undefined) return `${names.join(' ')} has no option ${unknown}`;
  const takesValue = (flag = ''): boolean => new RegExp(`^\\s+(?:-\\w, )?${flag} [<[]`, 'm').test(help);
  const given = argv.slice(names.length).filter((word, n, words) => {
    return !word.startsWith('--') && !(words[n - 1]?.startsWith('--') && takesValue(words[n - 1]));
  });
  const needed = usage.match(/<[^>]+>/g)?.length ?? 0;
  const most = usage.includes('...') ? Number.POSITIVE_INFINITY : needed;
  const fits = given.length >= needed && given.length <= most;
  return fits ? undefined : `${usage}; given are ${given.length} arguments: ${given.join(', ')}`;
};

const faultOfScript = (script: string, rest: string): string | undefined => {
  const line: string | undefined = manifest.scripts[script];
  if (line === undefined) return `package.json has no script ${script}`;
  const program = /tsx (\S+)/.exec(line)?.[1];
  return program === undefined ? undefined : faultOfProgram(program, rest);
};

/** A program of the repository must be there, and name each option. */
const faultOfProgram = (program: string, rest: string): string | undefined => {
  const path = join(root, program);
  if (!existsSync(path)) return `there is no ${program}`;
  if (!program.endsWith('.ts')) return undefined;
  const code = readFileSync(path, 'utf8');
  const unknown = flagsOf(rest.split(/\s+/)).find(
    (flag) => !code.includes(`'${flag}`) && !new RegExp(`\\b${flag.slice(2)}: \\{ type:`).test(code),
  );
  return unknown === undefined ? undefined : `${program} has no option ${unknown}`;
};

const faultOfInstall = (packages: string): string | undefined => {
  const unknown = packages
    .split(/\s+/)
    .filter((word) => word !== '' && !word.startsWith('--') && word !== manifest.name)
    .find((name) => !installable.has(name));
  return unknown === undefined ? undefined : `package.json does not name ${unknown}`;
};
