import { fork } from 'node:child_process';
import { installCommand } from '../installCommand.ts';
import { scriptFile } from '../packageFiles.ts';
import type { Finding, Subject } from './probe.ts';

const PATIENCE = 120_000; // ms: the first load of a GPU's libraries can take a minute

/**
 * Finds out in a process of its own whether something computes, since a native library cannot be unloaded, makes itself
 * the current backend, and ends the process where the CPU lacks an instruction that it uses.
 */
export const probeApart = (name: Subject): Promise<Finding> => {
  const child = fork(scriptFile('doctor/probeProcess'), [name], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: PATIENCE,
  });
  return new Promise((resolve, reject) => {
    child.once('message', (finding) => resolve(finding as Finding));
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(ended(name, signal ?? `status ${status}`)));
  });
};

const ended = (name: Subject, how: string): Finding => ({
  name,
  isUsable: false,
  why: `loading it ended the process with ${how}; its build does not suit this machine`,
  remedy: installCommand(`@tensorflow/tfjs-backend-${name === 'wasm' ? 'cpu' : 'wasm'}`),
});
