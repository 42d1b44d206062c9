const FLOW =
  'flow matching: its noise is mixed in along straight lines, which are walked by other steps; choose a model whose ' +
  'scheduler predicts epsilon, v_prediction or sample, such as Stable Diffusion 1, 2 or XL';
const EDM =
  'preconditioned as in EDM: its networks take and give other quantities; choose a model whose scheduler predicts ' +
  'epsilon, v_prediction or sample';

/** Fields of a scheduler's config that give away another kind of model than those that are walked here. */
const SIGNS: readonly { readonly field: string; readonly value: RegExp; readonly kind: string }[] = [
  { field: '_class_name', value: /^FlowMa|RFScheduler$/, kind: FLOW },
  { field: 'prediction_type', value: /^flow_prediction$/, kind: FLOW },
  { field: 'use_flow_sigmas', value: /^true$/, kind: FLOW },
  { field: '_class_name', value: /^EDM|^CosineDPM/, kind: EDM },
];

/** The kind of model that a field's value means, with what to do instead; undefined where it means none. */
export const otherKind = (field: string, value: unknown): string | undefined =>
  SIGNS.find((sign) => sign.field === field && sign.value.test(String(value)))?.kind;
