import { Worker, type WorkerOptions } from 'node:worker_threads';
import { type Script, scriptFile } from './packageFiles.ts';

/**
 * Starts a script in a thread as it lies here: compiled, or as a TypeScript source, which tsx then reads. It does so through
 * `require`, in the thread itself: its `import` hooks need the main thread on Node 20, which may be blocked.
 *
 * @throws EnvironmentError `no-package-file` where a bundle was taken away from its packages.
 */
export const startScript = (name: Script, options: WorkerOptions): Worker => {
  const file = scriptFile(name);
  if (!file.endsWith('.ts')) return new Worker(file, options);
  const path = JSON.stringify(file);
  const code = `const load = require('node:module').createRequire(${path}); load('tsx/cjs'); load(${path});`;
  return new Worker(code, { ...options, eval: true });
};
