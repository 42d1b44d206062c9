import { ArgumentError } from '../../errors.ts';
import { version } from '../../node/version.ts';
import type { Fleet } from '../fleet.ts';
import { readRuns } from '../registry.ts';

/** The model as it is here. */
type Here = { readonly model: string; readonly digest: string };

/**
 * Refuses a worker for which no run of a queue has anything to do. Where there are no runs, it may wait for one.
 *
 * @returns the number of runs that it may work for.
 * @throws ArgumentError `other-version`, `other-model`, which name what is here and what is wanted.
 */
export const checkRuns = async (fleet: Fleet, { model, digest }: Here): Promise<number> => {
  const plans = (await readRuns(fleet.redis)).map(({ id, entry }) => ({ id, ...entry.plan, name: entry.model }));
  const ofModel = plans.filter((plan) => plan.model.digest === digest);
  const own = ofModel.filter(({ program }) => program === version);
  if (plans.length === 0 || own.length > 0) return own.length;
  if (ofModel.length > 0) {
    const wanted = [...new Set(ofModel.map(({ program }) => program))].join(', ');
    const rule = `the runs of this model at ${fleet.address.shown} are of version ${wanted}, this is ${version}`;
    throw new ArgumentError('other-version', `${rule}; install that version here`);
  }
  const wanted = [...new Set(plans.map((plan) => `${plan.model.digest} (${plan.name})`))].join(', ');
  const rule = `the runs at ${fleet.address.shown} want ${wanted}, and ${model} is ${digest} here`;
  throw new ArgumentError('other-model', `${rule}; open the model that is wanted, in the same precision`);
};
