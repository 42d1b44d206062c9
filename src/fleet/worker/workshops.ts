import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { planOf } from '../../node/runs/claimDestination.ts';
import type { Destination } from '../../node/runs/destination.ts';
import { openDestination } from '../../node/runs/destinations/openDestination.ts';
import { openWorkshop, type Workshop } from '../../node/runs/openWorkshop.ts';
import { planDigest, type RunPlan } from '../../node/runs/plan.ts';
import type { Task } from '../task.ts';
import { openWorkerModel, type WorkerSetting } from './setting.ts';

/** Runs that are open at once. The model is the same for all of them, but each holds a list of its data. */
const MOST_OPEN = 2;

export type OpenRun = { readonly workshop: Workshop; readonly destination: Destination };

/** What is open of the runs whose tasks come, one at a time: the model once, the last runs. */
export type Workshops = {
  /** @throws whatever keeps the run from being opened here. */
  open(task: Task): Promise<OpenRun>;
  close(): Promise<void>;
};

export const startWorkshops = (setting: WorkerSetting): Workshops => {
  let model: Promise<Model> | undefined;
  const runs = new Map<string, OpenRun>(); // the one that was asked for last is the last
  const close = async (run: string, { workshop, destination }: OpenRun): Promise<void> => {
    runs.delete(run);
    await workshop.close();
    await destination.close();
  };
  return {
    async open(task) {
      const known = runs.get(task.run);
      runs.delete(task.run);
      for (const [name, one] of runs) if (runs.size >= MOST_OPEN) await close(name, one);
      model ??= openWorkerModel(setting);
      const run = known ?? (await openRun(task, setting, await model));
      runs.set(task.run, run);
      return run;
    },
    async close() {
      for (const [name, one] of runs) await close(name, one);
      (await model)?.dispose();
    },
  };
};

const openRun = async ({ plan: digest, places }: Task, setting: WorkerSetting, model: Model): Promise<OpenRun> => {
  const { destination: place, data, classifier, ...how } = places;
  const plan = await planAt(place, digest);
  const here = { ...how, data: setting.data ?? data, classifier: setting.classifier ?? classifier };
  const workshop = await openWorkshop({ ...here, plan, model });
  try {
    return { workshop, destination: await openDestination(place) };
  } catch (error) {
    await workshop.close();
    throw error;
  }
};

/** Reads before anything is written: a place of the same name may be another one on this machine. */
const planAt = async (place: string, digest: string): Promise<RunPlan> => {
  const destination = await openDestination(place, { isReadOnly: true });
  try {
    const plan = await planOf(destination);
    const found = plan && planDigest(plan);
    if (plan && found === digest) return plan;
    const rule = `${place} holds ${found ? `the run ${found}` : 'no run'} on this machine, and ${digest} is wanted`;
    throw new ArgumentError('other-run', `${rule}; have the place of the run here, under the same name`);
  } finally {
    await destination.close();
  }
};
