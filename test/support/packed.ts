import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './shared.ts';

type Manifest = { readonly dependencies: Record<string, string> };

/** What README has people install beside the package. */
const BESIDE = ['core', 'data', 'layers', 'backend-wasm'].map((name) => `@tensorflow/tfjs-${name}`);

/** What a program said and how it ended. */
export type Said = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** A project of somebody else with the packed package in its node_modules. */
export type Consumer = {
  /** Writes a file of the project; its path. */
  readonly write: (name: string, text: string) => string;
  readonly path: (name: string) => string;
  /** Runs Node in the project. */
  readonly node: (...argv: readonly string[]) => Said;
};

/**
 * A suite's project, made as `npm install <tarball>` makes one, with its packages taken from this checkout.
 *
 * @param more Packages of this checkout that it has besides.
 */
export const consumer = (...more: readonly string[]): Consumer => {
  let home = '';
  const path = (name: string): string => join(home, name);
  const install = (name: string): void => {
    mkdirSync(dirname(path(`node_modules/${name}`)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), path(`node_modules/${name}`));
  };
  const write = (name: string, text: string): string => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
    return path(name);
  };
  before(function () {
    this.timeout(180_000);
    home = mkdtempSync(join(tmpdir(), 'boomerang-consumer-'));
    unpack(path('node_modules/tfjs-boomerang'));
    const { dependencies }: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const name of [...Object.keys(dependencies), ...BESIDE, ...more]) install(name);
    write('package.json', '{ "type": "module" }');
  });
  after(() => rmSync(home, { recursive: true, force: true }));
  const node = (...argv: readonly string[]): Said => {
    const options = { cwd: home, encoding: 'utf8', timeout: 120_000 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, options);
    return { status, stdout, stderr };
  };
  return { write, path, node };
};

let tarball: string | undefined;

/** Packs this checkout once in a run of the tests. */
const unpack = (folder: string): void => {
  if (tarball === undefined) {
    const place = mkdtempSync(join(tmpdir(), 'boomerang-pack-'));
    process.once('exit', () => rmSync(place, { recursive: true, force: true }));
    const said = execFileSync('npm', ['pack', '--json', '--pack-destination', place], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    tarball = join(place, /"filename": "([^"]+)"/.exec(said)?.[1] ?? '');
  }
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
};
