import { EnvironmentError } from '../errors.ts';
import { installCommand } from '../node/installCommand.ts';

/*
 * What only those need who spread a run over machines. It is imported when it is asked for, and may be absent.
 */

/** @throws EnvironmentError `missing-package`, with the command that installs it. */
export const importBullmq = (): Promise<typeof import('bullmq')> => importPackage('bullmq', () => import('bullmq'));

/** @throws EnvironmentError `missing-package`, with the command that installs it. */
export const importIoredis = (): Promise<Pick<typeof import('ioredis'), 'Redis'>> =>
  importPackage('ioredis', () => import('ioredis'));

/** @throws EnvironmentError `missing-package`, with the command that installs it. */
export const importPromClient = (): Promise<typeof import('prom-client')> =>
  importPackage('prom-client', () => import('prom-client'));

const NEEDS: Readonly<Record<string, string>> = {
  bullmq: 'a queue is worked through by bullmq',
  ioredis: 'a queue is reached by ioredis',
  'prom-client': 'the counters of a worker are shown by prom-client',
};

const importPackage = async <T>(name: string, load: () => Promise<T>): Promise<T> => {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const why = `${NEEDS[name]}, which is not installed; run: ${installCommand(name)}`;
    throw new EnvironmentError('missing-package', why, { cause });
  }
};
