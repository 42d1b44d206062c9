import type { SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import type { ModelDescription } from '../checkpoints/sidecar.ts';
import type { Binding } from '../networks/binding.ts';
import type { LabelSpace, ModelFacts } from './model.ts';

export type ForeignNetwork = {
  readonly binding: Binding;
  readonly scheduler: SchedulerConfig;
  readonly digest: string;
  readonly parameterCount: number;
};

/** The facts of a model whose network somebody else wrote, from its binding and description. */
export const foreignFacts = (
  description: ModelDescription,
  { binding, scheduler, digest, parameterCount }: ForeignNetwork,
): ModelFacts => {
  const { imageShape, outChannels, label } = binding;
  const labels = label === undefined ? {} : { labels: labelSpace(description) };
  return { imageShape, outChannels, scheduler, ...labels, digest, parameterCount };
};

/** Such a network does not say how many labels it knows: as many as are named, or any number. */
const labelSpace = ({ classes, nullLabel }: ModelDescription): LabelSpace => ({
  count: classes === undefined ? Number.POSITIVE_INFINITY : Math.max(classes.length, (nullLabel ?? -1) + 1),
  ...(nullLabel === undefined ? {} : { nullLabel }),
  ...(classes === undefined ? {} : { classes }),
});
