import { mayBeAbsent } from '../engines/tfjs/optionalPackage.ts';

/** Numbers that TensorFlow.js reports after an epoch: loss, accuracy, val_loss and so on. */
export type EpochLogs = Readonly<Record<string, number>>;

type Logs = Readonly<Record<string, unknown>>;

/**
 * What TensorFlow.js calls while it trains. All methods are there, since a list that begins with one of its own
 * callback objects is used as it is.
 */
export type EpochCallback = {
  onEpochBegin(epoch: number): Promise<void>;
  onEpochEnd(epoch: number, logs?: EpochLogs): Promise<void>;
  onBatchEnd(batch: number, logs?: Logs): Promise<void>;
} & Record<'onBatchBegin' | 'onTrainBegin' | 'onTrainEnd', () => Promise<void>> &
  Record<'setParams' | 'setModel', () => void>;

export const epochCallback = (on: {
  readonly begin?: (epoch: number) => void;
  readonly end?: (epoch: number, logs: EpochLogs) => Promise<void>;
  readonly trained?: (images: number) => void;
}): EpochCallback => {
  mendLists();
  const nothing = async () => {};
  return {
    onEpochBegin: async (epoch) => on.begin?.(epoch),
    onEpochEnd: async (epoch, logs = {}) => on.end?.(epoch, logs),
    onBatchEnd: async (_, logs = {}) => on.trained?.(Number(logs['size'] ?? 0)),
    onBatchBegin: nothing,
    onTrainBegin: nothing,
    onTrainEnd: nothing,
    setParams: () => {},
    setModel: () => {},
  };
};

type Layers = typeof import('@tensorflow/tfjs-layers');

/*
 * Whoever trains with callbacks has loaded this package; for others it may not even be there. Asked for here, it has
 * come by the time that a model is open and somebody makes a callback.
 */
let layers: Layers | undefined;
import('@tensorflow/tfjs-layers').catch(mayBeAbsent).then(
  (loaded) => {
    layers = loaded;
  },
  () => {},
);

type Fit = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Lets lists of callbacks mix plain objects with TensorFlow.js's own, in any order. As it stands, `fitDataset` looks at
 * the first one alone: behind a plain object it wraps all, and `earlyStopping()` so loses its methods; behind one of its
 * own it wraps none, and plain objects lack methods. Here each is treated as what it is, which is the same for lists
 * that worked before.
 */
const mendLists = (): void => {
  const { LayersModel, CustomCallback } = layers ?? {};
  if (!LayersModel || !CustomCallback || Object.hasOwn(LayersModel.prototype, MENDED)) return;
  const Base = Object.getPrototypeOf(CustomCallback) as new () => object;
  const isMixed = (callbacks: readonly unknown[]): boolean =>
    new Set(callbacks.map((one) => one instanceof Base)).size > 1;
  const wrapped = (one: unknown, yieldEvery: unknown): unknown =>
    one instanceof Base ? one : new CustomCallback(one as object, yieldEvery as 'auto');
  const methods = LayersModel.prototype as unknown as Record<string, Fit>;
  for (const [name, place] of [
    ['fit', 2],
    ['fitDataset', 1],
  ] as const) {
    const original = methods[name] as Fit;
    methods[name] = function (...args) {
      const config = args[place] as { callbacks?: unknown; yieldEvery?: unknown } | undefined;
      const { callbacks, yieldEvery } = config ?? {};
      if (!Array.isArray(callbacks) || !isMixed(callbacks)) return original.apply(this, args);
      const mended = { ...config, callbacks: callbacks.map((one) => wrapped(one, yieldEvery)) };
      return original.apply(this, Object.assign([...args], { [place]: mended }));
    };
  }
  Object.defineProperty(LayersModel.prototype, MENDED, { value: true });
};

const MENDED = Symbol.for('tfjs-boomerang.callbacks');
