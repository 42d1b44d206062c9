import type { Model } from '../models/model.ts';

/** A model as reports name it; how long it takes depends on what computes. */
export type ReportedModel = Pick<Model, 'digest' | 'engine'> & { readonly place: string; readonly device?: string };

export const reportedModel = (place: string, { digest, engine, device }: Model): ReportedModel => ({
  ...{ place, digest, engine },
  ...(device === undefined ? {} : { device }),
});
