import { arch, homedir, platform, release } from 'node:os';
import type { Command } from 'commander';
import { type Diagnosis, diagnose } from '../node/doctor/diagnose.ts';
import type { FolderState } from '../node/doctor/folders.ts';
import type { Finding } from '../node/doctor/probe.ts';
import { version } from '../node/version.ts';
import { CheckFailed } from './checkFailed.ts';
import type { Streams } from './streams.ts';

/** `boomerang doctor`: what this machine can compute with, and what would mend the rest. Status 1 if with nothing. */
export const registerDoctor = (program: Command, { stdout }: Streams): void => {
  program
    .command('doctor')
    .description('say what this machine can compute with, and the commands that mend the rest')
    .option('--json', 'print JSON')
    .option('--report', 'print the beginning of a report of a fault, to be pasted where it is reported')
    .action(async ({ json, report }: { readonly json?: boolean; readonly report?: boolean }) => {
      const diagnosis = await diagnose();
      const text = describeDiagnosis(diagnosis);
      stdout.write(json ? `${JSON.stringify(diagnosis, undefined, 2)}\n` : report ? reportOf(text) : text);
      if (!diagnosis.isUsable) throw new CheckFailed();
    });
};

/** What whoever looks into a fault asks first; the user's own folder, which has a name in it, becomes `~`. */
export const reportOf = (diagnosis: string, home: string = homedir()): string =>
  [
    '**What I did** (the command, or the lines of code, with their seed):\n',
    '**What I expected, and what happened:**\n',
    '**Where:**\n',
    '```',
    `tfjs-boomerang ${version}, ${platform()} ${release()} ${arch()}`,
    `${home === '/' ? diagnosis : diagnosis.replaceAll(home, '~')}\`\`\`\n`,
  ].join('\n');

/** What it is, its version, its state. */
type Row = readonly [what: string, version: string, state: string];

/** A line for each thing: what it is, its version, and its state with the command that mends it. */
export const describeDiagnosis = ({
  node,
  backends,
  best,
  engines,
  accelerator,
  caches,
  isUsable,
}: Diagnosis): string => {
  const rows: Row[] = [
    ['Node', node.version, node.isSupported ? 'ok' : `too old, needs ${node.oldest}; to mend it: nvm install --lts`],
    ...backends.map((finding) => findingRow('backend', finding, finding.name === best ? 'ok, the one taken' : 'ok')),
    ['engine tfjs', engines.tfjs.version, isUsable ? `ok, on ${best}` : 'no backend to run on'],
    findingRow('engine', engines.onnx, `ok, on ${(engines.onnx.devices ?? []).join(', ')}`),
    ...acceleratorRows(accelerator),
    ['cache of the hub', '', describeFolder(caches.hub, 'set HF_HOME')],
    ['own cache', '', describeFolder(caches.own, 'set XDG_CACHE_HOME')],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [first = 0, second = 0] = widths;
  return rows.map(([what, version, state]) => `${what.padEnd(first)}  ${version.padEnd(second)}  ${state}\n`).join('');
};

const findingRow = (kind: string, { name, version = '-', isUsable, why, remedy }: Finding, ok: string): Row => [
  `${kind} ${name}`,
  version,
  isUsable ? ok : `${why}; to mend it: ${remedy}`,
];

const acceleratorRows = ({ devices, isUsed, drivers, webgpu }: Diagnosis['accelerator']): readonly Row[] => {
  const mend = 'remedy' in webgpu && webgpu.remedy ? `; to mend it: ${webgpu.remedy}` : '';
  return [
    ['GPU', '', devices.length === 0 ? 'none is visible' : `${devices.join(', ')}${isUsed ? ', used by tfjs' : ''}`],
    ['Vulkan', '', drivers.map(({ library, serves }) => `${library} for ${serves}`).join(', ') || 'no driver'],
    ['WebGPU', '', 'name' in webgpu ? `ok, on ${webgpu.name}` : `not taken: ${webgpu.why}${mend}`],
  ];
};

const describeFolder = ({ folder, bytes, isWritable }: FolderState, remedy: string): string => {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return `${folder}, ${size}, ${isWritable ? 'can be written' : `cannot be written; to mend it: ${remedy}`}`;
};
