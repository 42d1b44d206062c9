import { ArgumentError } from '../../errors.ts';
import type { WorkerSetting } from '../../fleet/worker/setting.ts';
import type { WorkerWishes } from '../../fleet/worker/startWorker.ts';
import type { LoadOptions } from '../../node/loadModel.ts';
import { toCount, toNumber } from '../numbers.ts';
import { type ModelOptions, toSize } from '../openAsked.ts';

/** What the command line says, as text. */
export type WorkerCommand = ModelOptions & {
  readonly queue?: string;
  readonly model: string;
  readonly data?: string;
  readonly classifier?: string;
  readonly concurrency: string;
  readonly inProcess?: boolean;
  readonly lock: string;
  readonly metricsPort?: string;
};

export type Asked = Pick<WorkerWishes, 'setting' | 'concurrency' | 'isInProcess' | 'lockSeconds'> & {
  readonly metricsPort?: number;
};

const LEAST_LOCK = 2;
const MOST_PORT = 65_535;

/** @throws ArgumentError `bad-concurrency`, `bad-lock`, `bad-metrics-port`, `bad-image-size`, `bad-clip-skip`. */
export const readAsked = (options: WorkerCommand): Asked => {
  const { inProcess: isInProcess = false, metricsPort } = options;
  const concurrency = toCount(options.concurrency, 'concurrency');
  if (isInProcess && concurrency > 1) {
    const rule = `--in-process makes one shard at a time, got --concurrency ${concurrency}`;
    throw new ArgumentError('bad-concurrency', `${rule}; leave one of them out`);
  }
  return {
    ...{ concurrency, isInProcess },
    setting: settingOf(options),
    lockSeconds: toCount(options.lock, 'lock', LEAST_LOCK),
    ...(metricsPort === undefined ? {} : { metricsPort: toPort(metricsPort) }),
  };
};

const toPort = (text: string): number => {
  const port = toCount(text, 'metrics-port', 0);
  if (port <= MOST_PORT) return port;
  throw new ArgumentError(
    'bad-metrics-port',
    `metrics-port must be at most ${MOST_PORT}, got ${text}; 0 takes a free one`,
  );
};

const settingOf = (options: WorkerCommand): WorkerSetting => {
  const { model, backend, data, classifier, imageSize, clipSkip } = options;
  const { revision, engine, device, precision } = options;
  return {
    ...{ model, backend },
    load: {
      ...({ revision, engine, device, precision } as LoadOptions), // `loadModel` checks them, and lists them
      ...(imageSize === undefined ? {} : { imageSize: toSize(imageSize) }),
      ...(clipSkip === undefined ? {} : { clipSkip: toNumber(clipSkip, 'clip-skip') }),
    },
    ...(data === undefined ? {} : { data }),
    ...(classifier === undefined ? {} : { classifier }),
  };
};
