import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import ts from 'typescript';
import { scratchFolder } from '../support/scratch.ts';
import { root, TSX } from '../support/shared.ts';
import { writeConvGraph } from './sessionsGraph.ts';

type Ran = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

describe('a script with a pool of sessions', () => {
  const scratch = scratchFolder();

  /** Runs a script in a Node of its own; one that does not end by itself is killed, which shows in `signal`. */
  const runScript = (
    body: string,
    { module, node = [] }: { module: string; node?: readonly string[] },
  ): Promise<Ran> => {
    const graph = writeConvGraph(scratch('graph.onnx'), { width: 16 });
    const numbers = '{ data: [1, 2, 3, 4], shape: [] }';
    const x = '{ data: new Float32Array(64 * 4).fill(0.5), shape: [8, 8, 1] }';
    const feeds = `{ rows: 4, inputs: { x: ${x}, timesteps: ${numbers}, labels: ${numbers} } }`;
    writeFileSync(
      scratch('script.mjs'),
      `import { openSessionPool } from ${JSON.stringify(module)};
       const pool = await openSessionPool({ graph: ${JSON.stringify(graph)}, sessions: 2, threads: 1 });
       const feeds = ${feeds};
       ${body}`,
    );
    const child = spawn(process.execPath, [...node, scratch('script.mjs')], { cwd: scratch(), timeout: 30_000 });
    const heard = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => (heard.stdout += text));
    child.stderr.on('data', (text) => (heard.stderr += text));
    return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...heard })));
  };

  const source = pathToFileURL(join(root, 'src/node/sessions/sessionPool.ts')).href;
  const fromSource = (body: string): Promise<Ran> => runScript(body, { module: source, node: TSX });

  for (const [title, body] of [
    ['forgets to dispose of it', `console.log((await pool.runAsync(feeds))[0].data.length)`],
    ['forgets it after a blocking call', `console.log(pool.run(feeds)[0].data.length)`],
    ['disposes of it', `console.log((await pool.runAsync(feeds))[0].data.length); await pool.dispose()`],
    ['never uses it', `console.log(256)`],
    ['does not wait for its answer', `pool.runAsync(feeds).then(([{ data }]) => console.log(data.length))`],
    [
      'leaves in the middle of a batch',
      `pool.runAsync(feeds); setImmediate(() => { console.log(256); process.exit(0) })`,
    ],
  ] as const) {
    it(`exits by itself, not early, when it ${title}`, async () => {
      expect(await fromSource(body)).to.deep.equal({ code: 0, signal: null, stdout: '256\n', stderr: '' });
    });
  }

  it('works with the compiled package, installed in node_modules, the source loader nowhere near', async () => {
    const home = scratch('node_modules/tfjs-boomerang');
    compile(join(home, 'dist'));
    writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module', exports: { './*': './dist/*' } }));
    const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
    symlinkSync(runtime, scratch('node_modules/onnxruntime-node'));
    const body = `console.log(pool.run(feeds)[0].data.length, (await pool.runAsync(feeds))[0].data.length)`;
    const ran = await runScript(body, { module: 'tfjs-boomerang/node/sessions/sessionPool.js' });
    expect(ran).to.deep.equal({ code: 0, signal: null, stdout: '256 256\n', stderr: '' });
  });

  /** Compiles the pool and its thread as the build does. */
  const compile = (outDir: string): void => {
    mkdirSync(outDir, { recursive: true });
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
    const { config: build } = ts.readConfigFile(join(root, 'tsconfig.build.json'), ts.sys.readFile);
    const compilerOptions = { ...config.compilerOptions, ...build.compilerOptions, outDir };
    const { options } = ts.parseJsonConfigFileContent({ compilerOptions, files: [] }, ts.sys, root);
    const files = ['sessionPool', 'sessionWorker'].map((name) => join(root, `src/node/sessions/${name}.ts`));
    expect(ts.createProgram(files, options).emit().emitSkipped).to.equal(false);
  };
});
