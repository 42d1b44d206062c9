import type { Model } from '../../models/model.ts';
import { chooseBackend } from '../../node/backend.ts';
import { type LoadOptions, loadModel } from '../../node/loadModel.ts';

/** What a worker works with on this machine. */
export type WorkerSetting = {
  readonly model: string;
  readonly load: Omit<LoadOptions, 'onProgress'>;
  /** For `chooseBackend`. @defaultValue 'auto' */
  readonly backend?: string;
  /** Where the data of all runs lies here, where it is another place than where runs are started. */
  readonly data?: string;
  readonly classifier?: string;
};

/** How a worker tells its children what they work with. */
export const SETTING_VARIABLE = 'BOOMERANG_WORKER';

/** Opens the model of a worker. */
export const openWorkerModel = async (
  { model, load, backend = 'auto' }: WorkerSetting,
  onProgress?: LoadOptions['onProgress'],
): Promise<Model> => {
  await chooseBackend({ backend });
  return loadModel(model, { ...load, ...(onProgress ? { onProgress } : {}) });
};
