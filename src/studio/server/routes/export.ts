import { version } from '../../../node/version.ts';
import type { Export } from '../../api.ts';
import type { Choice } from '../../choice.ts';
import { exportOf } from '../../export/exportOf.ts';
import { PLAIN_OPENING } from '../../export/opening.ts';
import { readAsked } from '../asked.ts';
import type { StudioSetting } from '../context.ts';
import { postedChoice } from '../posted.ts';
import type { Route } from './route.ts';

/** The texts that somebody takes along. */
export const exporting: Route = (app, context) => {
  app.post('/api/export', async (c) => c.json(exportFor(context, await postedChoice(c))));
};

export const exportFor = (setting: StudioSetting, choice: Choice): Export => {
  const { model, place, dataPlace, opening = PLAIN_OPENING, classifier } = setting;
  const { way, told } = readAsked(setting, choice);
  const places = { model: place, data: dataPlace, opening, version };
  return exportOf(model, places, { choice, classifier, meaning: { told, classes: way.classes } });
};
