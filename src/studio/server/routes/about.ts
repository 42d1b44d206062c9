import { basename, isAbsolute } from 'node:path';
import { classNames, heldOutOf, modelLabels } from '../../../node/tuning/heldOut.ts';
import { version } from '../../../node/version.ts';
import { resolveStrength } from '../../../noise/strength.ts';
import { planAmong } from '../../../returns/plan.ts';
import { makeSolver, SOLVERS } from '../../../solvers/index.ts';
import type { About, Place } from '../../api.ts';
import type { StudioSetting } from '../context.ts';
import type { Route } from './route.ts';

/** What the studio was opened with. It does not change. */
export const about: Route = (app, context) => {
  const said = aboutOf(context);
  app.get('/api/about', (c) => c.json(said, 200, { 'cache-control': 'no-store' }));
};

/** What a page is told first. */
export const aboutOf = (context: StudioSetting): About => {
  const { data, dataPlace, model, place, computedBy, runs, session, command } = context;
  const { solver, steps, eta, guidance } = planAmong(model, { strength: 0.5 }).manner;
  return {
    version,
    data: {
      name: basename(dataPlace),
      count: data.count,
      heldOut: heldOutOf(data.count),
      classes: classNames(data, model).map((name, label) => ({ label, name, count: countOf(data.labels, label) })),
      refused: data.skipped.map(({ name, why }) => ({ name: isAbsolute(name) ? basename(name) : name, reason: why })),
    },
    model: {
      name: basename(place),
      imageShape: model.imageShape,
      computedBy,
      solvers: Object.keys(SOLVERS),
      usual: { solver, steps, eta: eta ?? 0, guidance },
      drawingSolvers: Object.keys(SOLVERS).filter((name) => takesEta(context, name)),
      hasText: model.text !== undefined,
      hasClasses: holds(() => modelLabels(data, model)),
      isLatent: model.isLatent,
      places: placesOf(context),
    },
    runs: runs.map((folder) => basename(folder)),
    ...(session ? { session } : {}),
    command,
    isStatic: false,
  };
};

const countOf = (labels: readonly number[], label: number): number =>
  labels.reduce((sum, own) => sum + (own === label ? 1 : 0), 0);

/** Whether a solver's share of fresh noise can be chosen. */
const takesEta = ({ model }: StudioSetting, name: string): boolean =>
  holds(() => makeSolver(name, { eta: 0.5, schedule: model.scheduler.schedule }));

/** Whether something is not refused. */
const holds = (tried: () => unknown): boolean => {
  try {
    tried();
    return true;
  } catch {
    return false;
  }
};

const STEPS = 100;

const placesOf = ({ model }: StudioSetting): Place[] =>
  Array.from({ length: STEPS + 1 }, (_, step) => {
    const { timestep, sigma, snrDb } = resolveStrength(model.scheduler.schedule, step / STEPS);
    return { strength: step / STEPS, timestep, sigma, snrDb: Number.isFinite(snrDb) ? snrDb : null };
  });
