import { type Affine, chained, UNMOVED } from './affine.ts';
import type { Box } from './boxes.ts';
import type { Tone } from './tones.ts';

/** What becomes of one image: plain numbers, drawn before anything is computed. */
export type ImagePlan = Tone & {
  readonly affine: Affine;
  /** What is blackened. */
  readonly cutout?: Box | undefined;
};

/** One thing that is done to an image; what it does not name stays. */
export type Change = Partial<Omit<ImagePlan, 'cutout'>>;

const UNCHANGED: ImagePlan = { affine: UNMOVED, gain: 1, offset: 0 };

/** Changes one after the other, as one plan. */
export const joinChanges = (changes: readonly Change[]): ImagePlan =>
  changes.reduce<ImagePlan>(
    (plan, { affine = UNMOVED, gain = 1, offset = 0, solarize = plan.solarize, bits = plan.bits }) => ({
      affine: chained(plan.affine, affine),
      gain: plan.gain * gain,
      offset: plan.offset + offset,
      solarize,
      bits,
    }),
    UNCHANGED,
  );
