import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { Secret } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import type { RunIndex } from '../../src/node/runs/runIndex.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root, TSX } from '../support/shared.ts';

const MODELS = { Deployment, Job, Secret } as const;
const slurm = join(root, 'examples/cluster/slurm.sh');

type Manifest = { readonly kind: keyof typeof MODELS; readonly metadata: { readonly name: string } };

/** The documents of the manifest; a mistake in the YAML is thrown. */
const manifests = (): readonly Manifest[] =>
  parseAllDocuments(readFileSync(join(root, 'examples/cluster/kubernetes.yaml'), 'utf8')).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });

/** The values of a key anywhere in a manifest. */
const valuesOf = (value: unknown, key: string): unknown[] =>
  Object.entries(value && typeof value === 'object' ? value : {}).flatMap(([name, within]) => [
    ...(name === key ? [within] : []),
    ...valuesOf(within, key),
  ]);

describe('the examples for clusters', () => {
  const path = scratchFolder();

  it('are manifests that the schemas of Kubernetes allow', () => {
    expect(manifests().map(({ kind }) => kind)).to.deep.equal(['Secret', 'Job', 'Secret', 'Deployment']);
    for (const manifest of manifests()) new MODELS[manifest.kind](manifest as never).validate();
  });

  it('are refused by these schemas where something is not right', () => {
    const [, job] = manifests();
    const { template: _, ...spec } = (job as unknown as { spec: { template: object } }).spec;
    expect(() => new Job({ ...job, spec } as never).validate()).to.throw(/template/);
    expect(() => new Job({ ...job, spec: { ...spec, completions: 'eight' } } as never).validate()).to.throw(
      /completions/,
    );
  });

  it('have as many parts in the job as it says to each, and secrets that are there', () => {
    const [job] = manifests().filter(({ kind }) => kind === 'Job');
    const [completions] = valuesOf(job, 'completions');
    expect(valuesOf(job, 'args').flat()).to.include(`--shard=auto/${completions}`);
    expect(valuesOf(job, 'completionMode')).to.deep.equal(['Indexed']); // or else no part is told its number
    const secrets = manifests().flatMap(({ kind, metadata }) => (kind === 'Secret' ? [metadata.name] : []));
    const asked = valuesOf(manifests(), 'secretRef').flatMap((ref) => valuesOf(ref, 'name'));
    expect([...new Set(asked)].sort()).to.deep.equal([...secrets].sort());
  });

  it('are a script that bash reads, and Slurm takes all its settings from before the first command', () => {
    expect(spawnSync('bash', ['-n', slurm], { encoding: 'utf8' })).to.include({ status: 0, stderr: '' });
    const lines = readFileSync(slurm, 'utf8').split('\n');
    const first = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
    expect(lines.findLastIndex((line) => line.startsWith('#SBATCH '))).to.be.below(first);
    expect(lines[0]).to.equal('#!/usr/bin/env bash');
    expect(lines.filter((line) => line.startsWith('#SBATCH --array='))).to.have.lengthOf(1);
  });

  it('are a script that makes a run in the parts of an array', async function () {
    this.timeout(120_000);
    mkdirSync(path('bin'));
    const main = [process.execPath, ...TSX, join(root, 'src/cli/main.ts')].map((word) => `'${word}'`).join(' ');
    writeFileSync(path('bin/npx'), `#!/bin/sh\nshift\nexec ${main} "$@"\n`, { mode: 0o755 });
    mkdirSync(path('data'));
    for (const name of readdirSync(join(root, 'examples/images')).slice(0, 4)) {
      cpSync(join(root, 'examples/images', name), path(`data/${name}`));
    }
    const task = async (id: number): Promise<string> => {
      const env = {
        ...{ PATH: `${path('bin')}:${process.env['PATH']}`, HOME: path('') },
        ...{ DATA: path('data'), OUT: path('out'), MODEL: join(root, 'models/fashion-28') },
        ...{ SLURM_ARRAY_TASK_ID: String(id), SLURM_ARRAY_TASK_COUNT: '2', SLURM_ARRAY_TASK_MIN: '0' },
      };
      const child = spawn('bash', [slurm], { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] });
      const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect(status, said).to.equal(0);
      return said;
    };
    const [first, second] = await Promise.all([task(0), task(1)]);
    expect(first).to.match(/part 0\/2/);
    expect(second).to.match(/part 1\/2/);
    const index = JSON.parse(readFileSync(path('out/index.json'), 'utf8')) as RunIndex;
    expect(index.samples).to.equal(16);
  });
});
