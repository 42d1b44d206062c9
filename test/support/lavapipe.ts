import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeWhere } from './describeWhere.ts';
import { root } from './shared.ts';

const FOLDER = process.env['BOOMERANG_LAVAPIPE'];

type Env = Readonly<Record<string, string>>;

/** Has Vulkan compute on the processor, by the driver that `.ci/lavapipe` unpacks. */
const lavapipe: Env = {
  VK_DRIVER_FILES: `${FOLDER}/lavapipe.json`,
  VK_ICD_FILENAMES: `${FOLDER}/lavapipe.json`,
  LD_LIBRARY_PATH: `${FOLDER}/root/usr/lib/x86_64-linux-gnu`,
  XDG_RUNTIME_DIR: tmpdir(),
  VK_LOADER_DRIVERS_DISABLE: '', // `auto` leaves such drivers out
};

/** Runs files of tests in a process of their own; asserts that so many passed, at least, and none failed. */
type RunFiles = (
  files: readonly string[],
  options: { readonly least: number; readonly only?: string; env?: Env },
) => void;

/** A suite whose tests run in processes of their own, with a driver of Vulkan and what else the environment says. */
export const describeLavapipe = (title: string, body: (run: RunFiles) => void): void =>
  describeWhere(FOLDER !== undefined || 'needs BOOMERANG_LAVAPIPE=$(.ci/lavapipe)', title, () => {
    body((files, { least, only, env = {} }) => {
      const folder = mkdtempSync(join(tmpdir(), 'boomerang-gpu-'));
      const output = join(folder, 'report.json');
      const report = ['--reporter', 'json', '--reporter-option', `output=${output}`, '--timeout', '300000'];
      const argv = [join(root, 'node_modules/mocha/bin/mocha.js'), ...report, ...(only ? ['-g', only] : []), ...files];
      try {
        const { status, signal, stderr } = spawnSync(process.execPath, argv, {
          cwd: root,
          env: { ...process.env, ...lavapipe, ...env },
          encoding: 'utf8',
        });
        expect({ status: status === null ? signal : 'ended', stderr: status === null ? stderr : '' }).to.deep.equal({
          status: 'ended',
          stderr: '',
        });
        const { stats, failures } = JSON.parse(readFileSync(output, 'utf8'));
        expect(failures.map(({ fullTitle, err }: Failure) => `${fullTitle}: ${err.message}`)).to.deep.equal([]);
        expect(stats.passes).to.be.at.least(least);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });

type Failure = { readonly fullTitle: string; readonly err: { readonly message: string } };
