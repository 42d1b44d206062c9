import type { Model } from '../models/model.ts';
import type { StrengthSpec } from '../noise/strength.ts';
import type { Address, ImageKey } from './address.ts';
import type { Fit } from './fit.ts';
import type { ReturnPlan } from './plan.ts';
import type { LatentPrecision } from './precision.ts';
import type { Throw } from './throw.ts';

/** Where a variant came from: plain JSON, enough to make it again with `replay`. */
export type VariantRecord = Address &
  ReturnPlan['manner'] & {
    readonly key: ImageKey;
    /** Of the image's pixels, by which `replay` knows whether it was given the right one. */
    readonly digest: string;
    /** The class of the image, if the augmenter was told. */
    readonly label: number | null;
    /** Share of the forward process. */
    readonly strength: number;
    /** The strength as it was asked for, in its own unit. */
    readonly asked: StrengthSpec;
    readonly timestep: number;
    readonly branchStep: number;
    /** What the cache that it went through rounded latents to. */
    readonly latents: LatentPrecision;
    /** What the cache of encoded images rounded them to, beside a bank as well. */
    readonly encoded: LatentPrecision;
    readonly fit: Fit;
    /** Whether it returned to its own class rather than to the null label. */
    readonly conditional: boolean;
    /** What it returned to, and was led away from, with a model of text. */
    readonly prompt: string | null;
    readonly negativePrompt: string | null;
    readonly modelDigest: string;
    readonly engine: string;
    /** Root mean square distance to the image, in [0, 1] units, in the model's size. */
    readonly distance: number;
    /** Whether it was used; else the next variant was tried, or the image stayed. */
    readonly kept: boolean;
  };

/** What a record says beside the throw that it is of. */
export type RecordFacts = Pick<
  VariantRecord,
  'asked' | 'branchStep' | 'latents' | 'encoded' | 'fit' | 'conditional' | 'distance' | 'kept'
> & { readonly label: number | undefined };

export const recordOf = (model: Model, { image, address, plan, aim }: Throw, facts: RecordFacts): VariantRecord => ({
  ...address,
  digest: image.digest,
  strength: plan.strength,
  timestep: plan.timestep,
  ...plan.manner,
  ...facts,
  label: facts.label ?? null,
  prompt: aim.prompt ?? null,
  negativePrompt: aim.negativePrompt ?? null,
  modelDigest: model.digest,
  engine: model.engine,
});
