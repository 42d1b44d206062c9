/** Numbers that TensorFlow.js reports after an epoch: loss, accuracy, val_loss and so on. */
export type EpochLogs = Readonly<Record<string, number>>;

/**
 * What TensorFlow.js calls while it trains. All methods are there, since a list that holds one of its own callback
 * objects is used as it is.
 */
export type EpochCallback = {
  onEpochBegin(epoch: number): Promise<void>;
  onEpochEnd(epoch: number, logs?: EpochLogs): Promise<void>;
} & Record<'onBatchBegin' | 'onBatchEnd' | 'onTrainBegin' | 'onTrainEnd', () => Promise<void>> &
  Record<'setParams' | 'setModel', () => void>;

export const epochCallback = (on: {
  readonly begin?: (epoch: number) => void;
  readonly end?: (epoch: number, logs: EpochLogs) => Promise<void>;
}): EpochCallback => {
  const nothing = async () => {};
  return {
    onEpochBegin: async (epoch) => on.begin?.(epoch),
    onEpochEnd: async (epoch, logs = {}) => on.end?.(epoch, logs),
    onBatchBegin: nothing,
    onBatchEnd: nothing,
    onTrainBegin: nothing,
    onTrainEnd: nothing,
    setParams: () => {},
    setModel: () => {},
  };
};
