import { field, type Json, meaningOf, unsupportedConfig } from './configFields.ts';

/** Left in the config by the moving average that training scripts save; says nothing about the network. */
const OF_MOVING_AVERAGE = new Set(
  'decay min_decay inv_gamma power optimization_step update_after_step use_ema_warmup'.split(' '),
);

export type OwnKeys = {
  /** The class of networks, as diffusers calls it. */
  readonly className: string;
  /** What a config of that class may say. */
  readonly keys: readonly string[];
};

/**
 * Refuses the config of another class, and keys that this class does not have; diffusers would pass over them.
 *
 * @throws CheckpointError `unsupported-config`.
 */
export const refuseForeignKeys = (json: Json, { className, keys }: OwnKeys): void => {
  meaningOf({ [className]: true }, '_class_name', field(json, '_class_name', className));
  for (const [key, value] of Object.entries(json)) {
    const silent = key.startsWith('_') || value === null || value === false; // an option that is not in use
    if (silent || keys.includes(key) || OF_MOVING_AVERAGE.has(key)) continue;
    const rule = `a ${className} has no such option`;
    throw unsupportedConfig(key, value, `${rule}; remove it if it does not change the network`);
  }
};
