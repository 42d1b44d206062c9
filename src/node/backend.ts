import { checkNames } from '../checks.ts';
import { EnvironmentError, pick } from '../errors.ts';
import { BACKENDS, type BackendFault, type BackendName, takeBackend } from './backendPackage.ts';

export type { BackendFault, BackendName } from './backendPackage.ts';

export type BackendOptions = {
  /** `auto` takes the best that can be had: tfjs-node-gpu, tfjs-node, wasm, cpu. @defaultValue 'auto' */
  readonly backend?: string;
};

/** The backend in use, and for each better one why it is not. */
export type BackendChoice = {
  readonly name: BackendName;
  readonly reasons: readonly ({ readonly name: BackendName } & BackendFault)[];
};

const OPTIONS: Readonly<Record<keyof BackendOptions, true>> = {
  backend: true,
};

/**
 * Loads a backend and makes it TensorFlow.js' current one: the one asked for, or the best that this machine has.
 *
 * @param take Loads one backend; another one stands in for it in tests.
 * @throws ArgumentError `unknown-backend`.
 * @throws EnvironmentError `no-backend` when the one asked for, or every one, cannot be had.
 */
export const chooseBackend = async (
  options: BackendOptions = {},
  take: (name: BackendName) => Promise<BackendFault | undefined> = takeBackend,
): Promise<BackendChoice> => {
  checkNames('chooseBackend', Object.keys(OPTIONS), options);
  const { backend = 'auto' } = options;
  const all = Object.keys(BACKENDS) as BackendName[];
  const table: Record<string, readonly BackendName[]> = { auto: all };
  for (const name of all) table[name] = [name];
  const candidates = pick(table, backend, 'backend');
  const reasons: ({ name: BackendName } & BackendFault)[] = [];
  for (const name of candidates) {
    const fault = await take(name);
    if (fault === undefined) return { name, reasons };
    reasons.push({ name, ...fault });
  }
  const faults = reasons.map(({ name, why, remedy }) => `with ${name}: ${why}; to mend it: ${remedy}`);
  throw new EnvironmentError('no-backend', `cannot compute ${faults.join(', or ')}`);
};

/** Which backend was taken, then a line for each better one: why not, and what would mend it. No line end at the end. */
export const describeBackend = ({ name, reasons }: BackendChoice): string =>
  [
    `backend: ${name}`,
    ...reasons.map(({ name: better, why, remedy }) => `  not ${better}: ${why}; to mend it: ${remedy}`),
  ].join('\n');
